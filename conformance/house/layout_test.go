package house

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// topLevel names what may stand at the top of the repository, beside dot files.
var topLevel = strings.Fields(`
	proto gen gateway adapters conformance sdk cmd docs
	buf.yaml buf.gen.yaml go.mod go.sum README.md LICENSE SECURITY.md CHANGELOG.md`)

// strayEntries lists the top-level entries that nobody agreed on.
func strayEntries(files []string) []string {
	var stray []string
	for _, name := range files {
		entry, _, _ := strings.Cut(name, "/")
		if !strings.HasPrefix(entry, ".") && !slices.Contains(topLevel, entry) && !slices.Contains(stray, entry) {
			stray = append(stray, entry)
		}
	}
	return stray
}

func TestOnlyTheAgreedEntriesStandAtTheTop(t *testing.T) {
	for _, entry := range strayEntries(projectFiles(t, repository(t))) {
		t.Errorf("%s stands at the top of the repository, where only these may: %v and dot files", entry, topLevel)
	}
}

func TestAStrayEntryIsFound(t *testing.T) {
	files := []string{"README.md", ".ci/run", ".gitignore", "pkg/a.go", "pkg/b.go", "adapters/pkg/c.go", "NOTES.md", "cmd/lhcr/main.go"}
	if diff := cmp.Diff([]string{"pkg", "NOTES.md"}, strayEntries(files)); diff != "" {
		t.Errorf("stray entries (-want +got):\n%s", diff)
	}
}
