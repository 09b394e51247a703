# golden.bats - what the programs write, whole: tests/golden/<program>/<case>
#
# UPDATE=1 make test TESTS=tests/golden.bats keeps what came; read the diff.

load lib

@test "inv-audit incomplete" { golden inv-audit/incomplete; }
@test "inv-audit summary" { golden inv-audit/summary; }
@test "inv-commit embedded" { golden inv-commit/embedded; }
@test "inv-commit keys" { golden inv-commit/keys; }
@test "inv-dedup key" { golden inv-dedup/key; }
@test "inv-dedup rows" { golden inv-dedup/rows; }
@test "inv-quarantine csv" { golden inv-quarantine/csv; }
@test "inv-quarantine show" { golden inv-quarantine/show; }
@test "inv-split json" { golden inv-split/json; }
@test "inv-split ndjson" { golden inv-split/ndjson; }
@test "inv-split quotes" { golden inv-split/quotes; }
@test "inv-split xlsx" { golden inv-split/xlsx; }
@test "inv-split x12" { golden inv-split/x12; }
@test "inv-split xml-atom" { golden inv-split/xml-atom; }
@test "inv-split xml-attributes" { golden inv-split/xml-attributes; }
@test "inv-split xml-cxml" { golden inv-split/xml-cxml; }
@test "inv-split xml-map-atom" { golden inv-split/xml-map-atom; }
@test "inv-split xml-map-ubl" { golden inv-split/xml-map-ubl; }
@test "inv-split xml-nested" { golden inv-split/xml-nested; }
@test "inv-split xml-ubl" { golden inv-split/xml-ubl; }
@test "inv-validate drift" { golden inv-validate/drift; }
@test "inv-validate errors" { golden inv-validate/errors; }
