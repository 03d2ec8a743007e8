package assembly_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const messages = "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"

// assembled are the messages that assembly makes: what is known of the whole only,
// and the envelopes. No item is among them, nor anything that holds one.
var assembled = strings.Fields(`
	Completeness OutcomeStatus EquivalenceBasis EquivalenceGroup ItemRef RegionPart GetRecordResponse StreamRecordResponse`)

// decodings lists what in a file decodes, or could hold what was decoded.
func decodings(t *testing.T, name string, source any) []string {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	report := func(n ast.Node, what string) {
		found = append(found, filepath.Base(fset.Position(n.Pos()).Filename)+" "+what)
	}
	alias := messagesAlias(file)
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		name := selector.Sel.Name
		of, _ := selector.X.(*ast.Ident)
		switch {
		case strings.HasPrefix(name, "Unmarshal"), strings.HasPrefix(name, "Consume"), name == "GetUnknown", name == "Merge" && of != nil && of.Name == "proto":
			report(n, "calls "+name)
		case of != nil && of.Name == alias && !strings.Contains(name, "_") && !slices.Contains(assembled, name):
			report(n, "names the message "+name)
		}
		return true
	})
	for _, spec := range file.Imports {
		if path := strings.Trim(spec.Path.Value, `"`); strings.Contains(path, "gen/go/lhcr/adapter") {
			report(spec, "imports the adapters' messages")
		}
	}
	return found
}

func messagesAlias(file *ast.File) string {
	for _, spec := range file.Imports {
		if strings.Trim(spec.Path.Value, `"`) == messages && spec.Name != nil {
			return spec.Name.Name
		}
	}
	return "lhcrv1"
}

func TestNothingIsDecodedAfterTheFetch(t *testing.T) {
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		checked++
		for _, found := range decodings(t, name, nil) {
			t.Errorf("%s: assembly lays encodings end to end and looks into none", found)
		}
	}
	if checked < 4 {
		t.Errorf("only %d files were looked at", checked)
	}
}

// Neither does lookup itself decode: it hands over what part encoded, or what was
// kept of it. Part, which makes parts of their bytes, looks into no encoding either.
func TestLookupDecodesNothingEither(t *testing.T) {
	for _, name := range []string{
		"../get.go", "../stream.go", "../summary.go", "../lookup.go", "../call.go", "../read.go", "../keep.go", "../flight.go", "../ask.go",
		"../part/parse.go", "../part/location.go",
	} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{"Unmarshal", "GetUnknown", "Consume"} {
			if strings.Contains(string(source), call) {
				t.Errorf("%s calls %s", name, call)
			}
		}
	}
}

func TestADecodingIsFound(t *testing.T) {
	const source = `package assembly

import (
	lhcrv1 "` + messages + `"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

func peek(b []byte) (*lhcrv1.Record, adapterv1.Caller) {
	var r lhcrv1.Record
	_ = proto.Unmarshal(b, &r)
	_, _, _ = protowire.ConsumeTag(b)
	_ = lhcrv1.Completeness_COMPLETENESS_PARTIAL
	return &r, adapterv1.Caller{}
}
`
	want := []string{
		"peek.go names the message Record", "peek.go names the message Record",
		"peek.go calls Unmarshal", "peek.go calls ConsumeTag", "peek.go imports the adapters' messages",
	}
	if diff := cmp.Diff(want, decodings(t, "peek.go", source)); diff != "" {
		t.Errorf("decodings (-want +got):\n%s", diff)
	}
}

// The capacity of an item's encoding goes on over the next items, of whoever holds it.
func TestNothingIsAppendedToAnEncoding(t *testing.T) {
	checked := 0
	for _, folder := range []string{".", "..", "../part"} {
		files, err := fs.Glob(os.DirFS(folder), "*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			checked++
			source, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			if appendsToEncoding.Match(source) {
				t.Errorf("%s appends to an encoding", name)
			}
		}
	}
	if checked < 20 || !appendsToEncoding.MatchString("b := append(item.Encoded[:n], 1)") || appendsToEncoding.MatchString("append(b, i.Encoded...)") {
		t.Errorf("%d files were looked at, with a look that sees nothing or too much", checked)
	}
}

var appendsToEncoding = regexp.MustCompile(`(?i)(append\w*|grow|insert)\([\w.\[\]]*\.encoded\b|\.encoded\[[^\]]*\] *=[^=]`)
