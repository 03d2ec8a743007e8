package xds_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
)

// schemas is where the published schemas of XDS.b lie, and xmllint is at hand.
func schemas(t *testing.T) string {
	t.Helper()
	root := os.Getenv("LHCR_TESTDATA")
	if root == "" {
		t.Skip("LHCR_TESTDATA does not say where the published schemas are")
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("LHCR_REQUIRE_SERVICES") != "" {
			t.Fatal("xmllint is not on PATH")
		}
		t.Skip("xmllint is not on PATH")
	}
	return filepath.Join(root, "ihe-xds-xca", "xsd-v3")
}

func validate(t *testing.T, schema string, doc []byte) error {
	t.Helper()
	cmd := exec.Command("xmllint", "--noout", "--nonet", "--schema", schema, "-")
	cmd.Stdin = bytes.NewReader(doc)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("%s", out)
	}
	return err
}

func TestRequestsAreValidByThePublishedSchemas(t *testing.T) {
	dir := schemas(t)
	patient := xds.ID{Value: "LSC'1<&", Authority: "2.999.7.1"}
	entries := []string{"urn:uuid:5888dee8-399c-568a-99af-ef66d9f836a5", "urn:uuid:efbbf498-0848-5bf5-bbbe-9bb718c522d6"}
	for name, c := range map[string]struct {
		schema string
		body   []byte
	}{
		"documents found":        {"query.xsd", xds.Query{Patient: patient}.Body()},
		"ids found":              {"query.xsd", xds.Query{Patient: patient, References: true, OnDemand: true}.Body()},
		"found in a community":   {"query.xsd", xds.Query{Patient: patient, Home: "2.999.8"}.Body()},
		"got":                    {"query.xsd", xds.Query{Entries: entries}.Body()},
		"got from a community":   {"query.xsd", xds.Query{Entries: entries, Home: "urn:oid:2.999.8"}.Body()},
		"retrieved":              {"XDS.b_DocumentRepository.xsd", xds.Retrieve([]xds.Key{{Repository: "2.999.7.2", Document: "2.999.7.3.1001"}, {Repository: "2.999.7.2", Document: "2.999.7.3^1002"}})},
		"retrieved by community": {"XDS.b_DocumentRepository.xsd", xds.Retrieve([]xds.Key{{Home: "urn:oid:2.999.8", Repository: "2.999.8.2", Document: "1"}})},
	} {
		t.Run(name, func(t *testing.T) {
			if err := validate(t, filepath.Join(dir, c.schema), c.body); err != nil {
				t.Error(err)
			}
		})
	}
	if validate(t, filepath.Join(dir, "query.xsd"), []byte(`<AdhocQueryRequest xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"/>`)) == nil {
		t.Error("the schema takes anything")
	}
}
