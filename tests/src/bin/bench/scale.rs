//! The table and the picture of ever more operators, beside what an epoch costs in Jito's vault program.

use crate::world::{Scale, MEASURED};
use anyhow::{anyhow, bail, Result};
use comfy_table::{presets::ASCII_MARKDOWN, CellAlignment, Table};
use plotters::prelude::*;

/// Operators that Jito's vault program was measured with, at most; beyond, its line goes on as the formula does.
const JITO_MEASURED: u32 = 256;
const SIZE: (u32, u32) = (900, 560);

/// Compute units of one epoch in Jito's vault program, measured on its compiled program.
fn jito(operators: u32) -> u64 {
    35_700 + 16_255 * u64::from(operators)
}

/// Fails unless every instruction costs with any number of operators what it costs with one.
pub fn check(scales: &[Scale]) -> Result<()> {
    let Some(one) = scales.first() else {
        bail!("nothing was measured");
    };
    for scale in scales {
        for (name, (units, least)) in MEASURED.iter().zip(scale.units.iter().zip(one.units)) {
            if *units != least {
                let operators = scale.operators;
                bail!("{name} takes {units} compute units with {operators} operators, {least} with one");
            }
        }
    }
    Ok(())
}

pub fn table(scales: &[Scale]) -> Table {
    let mut table = Table::new();
    let mut header = vec!["operators".to_owned()];
    header.extend(MEASURED.map(str::to_owned));
    header.push("an epoch in Jito's vault program".to_owned());
    table.load_preset(ASCII_MARKDOWN).set_header(header);
    for scale in scales {
        let mut row = vec![scale.operators.to_string()];
        row.extend(scale.units.iter().map(u64::to_string));
        row.push(jito(scale.operators).to_string());
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Both axes logarithmic: operators, compute units.
pub fn plot(scales: &[Scale]) -> Result<String> {
    let mut svg = String::new();
    draw(scales, &mut svg).map_err(|error| anyhow!("the picture can not be drawn: {error}"))?;
    svg.push('\n');
    Ok(svg)
}

fn point(operators: u32, units: u64) -> (f64, f64) {
    (f64::from(operators), units as f64)
}

fn draw(scales: &[Scale], svg: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let caption = "Compute units with ever more operators under one pool";
    let mut chart = ChartBuilder::on(&root)
        .caption(caption, ("sans-serif", 24))
        .margin(16)
        .margin_right(30)
        .x_label_area_size(56)
        .y_label_area_size(120)
        .build_cartesian_2d(
            (1f64..10_000f64).log_scale(),
            (1_000f64..1_000_000_000f64).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc("operators, N (logarithmic)")
        .y_desc("compute units (logarithmic)")
        .axis_desc_style(("sans-serif", 19))
        .label_style(("sans-serif", 17))
        .x_label_formatter(&thousands)
        .y_label_formatter(&thousands)
        .max_light_lines(0)
        .bold_line_style(RGBColor(225, 225, 225))
        .draw()?;

    let jito_line = |from: u32, to: u32| {
        let steps = (0..=60).map(move |step| {
            let share = f64::from(step) / 60.0;
            f64::from(from) * (f64::from(to) / f64::from(from)).powf(share)
        });
        steps.map(|operators| (operators, 35_700.0 + 16_255.0 * operators))
    };
    let most = scales.last().map_or(1, |scale| scale.operators);
    chart
        .draw_series(LineSeries::new(
            jito_line(1, JITO_MEASURED.min(most)),
            RED.stroke_width(3),
        ))?
        .label("Jito's vault program, an epoch: 35,700 + 16,255 · N")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 24, y)], RED.stroke_width(3)));
    if most > JITO_MEASURED {
        chart
            .draw_series(DashedLineSeries::new(
                jito_line(JITO_MEASURED, most),
                6,
                5,
                RED.stroke_width(2),
            ))?
            .label("the same, beyond the 256 operators measured")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 24, y)], RED.mix(0.4).stroke_width(2)));
    }
    let colours = [
        RGBColor(0, 90, 200),
        RGBColor(0, 150, 90),
        RGBColor(130, 80, 190),
        RGBColor(210, 130, 0),
    ];
    for (place, (name, colour)) in MEASURED.iter().zip(colours).enumerate() {
        let line = scales
            .iter()
            .map(|scale| point(scale.operators, scale.units[place]));
        let units = scales.first().map_or(0, |scale| scale.units[place]);
        // The first lies under the second: wide enough to be seen.
        let style = colour.stroke_width(if place == 0 { 7 } else { 2 });
        chart
            .draw_series(LineSeries::new(line, style).point_size(3))?
            .label(format!("{name}: {}", thousands(&(units as f64))))
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .margin(12)
        .label_font(("sans-serif", 17))
        .background_style(WHITE)
        .border_style(RGBColor(200, 200, 200))
        .draw()?;
    root.present()?;
    Ok(())
}

/// `10,000`.
fn thousands(number: &f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
