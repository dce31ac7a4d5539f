# What the guides' unseen preludes (`<!-- before`) call: an LRT that runs already, and other people who do their part.
# `cargo xtask guides` runs them; so does a reader who follows a guide on a test cluster of his own.

others=$HOME/others

# someone NAME...: a funded wallet for each.
someone() {
    local name
    for name; do
        lrt wallet new "$others/$name.json"
        lrt wallet airdrop 500 --keypair "$others/$name.json"
    done
}

# as NAME COMMAND...: runs a command as one of them, on the LRT.
as() {
    local who=$others/$1.json
    shift
    lrt --keypair "$who" --lrt "$others/mint.json" "$@"
}

# an_lrt FLAG...: an LRT over wrapped SOL, with epochs of a few seconds, in which nobody holds a share yet. MINT is its mint.
an_lrt() {
    someone admin
    MINT=$(lrt wallet new "$others/mint.json" | cut -d' ' -f1)
    as admin admin create --mint "$others/mint.json" --collateral So11111111111111111111111111111111111111112 \
        --epoch-length 12 --max-exit-delay 63 "$@"
}

# an_operator NAME FLAG..., an_avs NAME FLAG...: registered, and accepted by no LRT yet. The AVS's veto window is some eight
# seconds.
an_operator() {
    local name=$1
    shift
    someone "$name"
    lrt wallet new "$others/$name-base.json"
    as "$name" operator register --base "$others/$name-base.json" "$@"
}
an_avs() {
    local name=$1
    shift
    someone "$name"
    lrt wallet new "$others/$name-base.json"
    as "$name" avs register --base "$others/$name-base.json" --veto-window 20 --execution-window 21 --exit-delay 63 \
        --slash-window 63 --slash-cap-bps 2000 "$@"
}

# accepted OPERATOR AVS: both by the LRT, and each by the other; the operator posts a bond. Before the first deposit nothing of
# this waits.
accepted() {
    as admin admin operator-cap set "$others/$1-base.json" ALL
    as admin admin avs propose "$others/$2-base.json" 8000
    as "$1" operator opt-in "$others/$1-base.json" "$others/$2-base.json"
    as "$2" avs opt-in "$others/$2-base.json" "$others/$1-base.json"
    as "$1" operator bond "$others/$1-base.json" 1
}

# at_work OPERATOR AVS AMOUNT: the manager delegates and allocates.
at_work() {
    as admin manage delegate "$others/$1-base.json" "$3"
    as admin manage allocate "$others/$1-base.json" "$others/$2-base.json" "$3"
}
