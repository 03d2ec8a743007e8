package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/definition"
)

var wantsRow = regexp.MustCompile("(?m)^\\| `([a-z-]+(?:: [a-z-]+)?)` \\| .* \\|$")

// TestTheTableOfWhatEachRegionWants compares the table with the definitions: a row for each, a
// further system's under its region's.
func TestTheTableOfWhatEachRegionWants(t *testing.T) {
	files, err := filepath.Glob("../adapters/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if name == "name" { // stands for regions, and is not configured
			continue
		}
		d, err := definition.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, wantsOf(d, name, filepath.Dir(file)))
	}
	slices.Sort(want)
	got := wantsRow.FindAllString(section(t, "What each region wants"), -1)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what each region wants (-definitions +documented):\n%s", diff)
	}
}

// section is the text of docs/operating.md below a heading.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, below, found := strings.Cut(documents(t)["docs/operating.md"], "### "+heading+"\n")
	if !found {
		t.Fatalf("there is no heading %q", heading)
	}
	text, _, _ := strings.Cut(below, "\n#")
	return text
}

// wantsOf is the row of one system. What stands in brackets it does without.
func wantsOf(d *definition.Definition, name, folder string) string {
	if d.ID == "scr" {
		d = d.WithCode("asid", "its package wants it")
	}
	w, system := d.Wants(), d.ID
	if name != "region" {
		system += ": " + name
	}
	var keys []string
	for _, k := range []struct {
		wanted bool
		key    string
	}{
		{w.TokenURL, "token_url"}, {w.ClientID, "client_id"}, {w.ClientSecret, "client_secret_file"}, {w.SigningKey, "signing_key_file"},
		{w.SigningKeyID, "signing_key_id"}, {w.SigningCertificate, "signing_cert_file"},
	} {
		if k.wanted {
			keys = append(keys, "`"+k.key+"`")
		}
	}
	systems := ""
	if _, err := os.Stat(filepath.Join(folder, "documents.yaml")); err == nil && name == "region" {
		systems = "`documents`"
	}
	cells := []string{"`" + system + "`", strings.Join(keys, ", "), wanted(w.Addresses), wanted(w.Secrets), wanted(w.Codes), systems}
	return "| " + strings.Join(cells, " | ") + " |"
}

func wanted(wants []definition.Want) string {
	var out []string
	for _, w := range wants {
		name := "`" + w.Name + "`"
		if w.Why == "" {
			name = "(" + name + ")"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}
