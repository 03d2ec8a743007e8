package iheprobe

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/beevik/etree"
)

// Validate validates what stands in a message's body against one of the published schemas of XDS.b. It skips the test
// where there is no xmllint or no LHCR_TESTDATA, unless LHCR_REQUIRE_SERVICES is set.
func Validate(t *testing.T, schema string, answer Answer) {
	t.Helper()
	folder := schemas(t)
	doc := etree.NewDocument()
	doc.SetRoot(answer.Body.Copy())
	for _, include := range doc.FindElements("//Include") {
		include.Parent().RemoveChild(include) // XOP stands for base64 (XOP 1.0, 3.2)
	}
	file := filepath.Join(t.TempDir(), "body.xml")
	if err := doc.WriteToFile(file); err != nil {
		t.Fatal(err)
	}
	lint := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", filepath.Join(folder, schema), file)
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", schema, err, out)
	}
}

func schemas(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(os.Getenv("LHCR_TESTDATA"), "ihe-xds-xca", "xsd-v3")
	_, missing := exec.LookPath("xmllint")
	if _, err := os.Stat(folder); err == nil && missing == nil && os.Getenv("LHCR_TESTDATA") != "" {
		return folder
	}
	if os.Getenv("LHCR_REQUIRE_SERVICES") != "" {
		t.Fatal("xmllint and LHCR_TESTDATA are required here")
	}
	t.Skip("needs xmllint and LHCR_TESTDATA")
	return ""
}
