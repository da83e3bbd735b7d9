"""The mechanism: findings, rules, the index they share, waivers and the run over all of them."""
