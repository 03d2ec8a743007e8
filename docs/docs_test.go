// Package docs_test proves what the documents claim of the code.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testName  = regexp.MustCompile("`(Test[A-Za-z0-9]+|Benchmark[A-Za-z0-9]+)`")
	testFunc  = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark)[A-Za-z0-9]+)\(`)
	localLink = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
)

// documents are the Markdown files of the project, by path from its root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	each(t, ".md", func(path, text string) { found[path] = text })
	if len(found) == 0 {
		t.Fatal("no document was found")
	}
	return found
}

func each(t *testing.T, suffix string, do func(path, text string)) {
	t.Helper()
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "." {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, suffix) {
			return nil
		}
		text, err := fs.ReadFile(root, path)
		do(path, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryTestThatADocumentNamesExists(t *testing.T) {
	exists := map[string]bool{}
	each(t, "_test.go", func(_, text string) {
		for _, m := range testFunc.FindAllStringSubmatch(text, -1) {
			exists[m[1]] = true
		}
	})
	for path, text := range documents(t) {
		for _, m := range testName.FindAllStringSubmatch(text, -1) {
			if !exists[m[1]] {
				t.Errorf("%s names %s, which does not exist", path, m[1])
			}
		}
	}
}

func TestEveryHazardNamesItsProof(t *testing.T) {
	log, _, _ := strings.Cut(documents(t)["docs/clinical-safety.md"], "## Not controlled yet")
	rows := 0
	for _, line := range strings.Split(log, "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| hazard |") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if len(cells) != 4 || !testName.MatchString(cells[3]) {
			t.Errorf("the hazard %q names no test that proves its control", strings.TrimSpace(cells[0]))
		}
	}
	if rows == 0 {
		t.Error("the log has no hazard: its table has moved")
	}
}

func TestEveryLinkBetweenDocumentsLeadsSomewhere(t *testing.T) {
	for path, text := range documents(t) {
		for _, m := range localLink.FindAllStringSubmatch(text, -1) {
			target := filepath.Join("..", filepath.Dir(path), m[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			}
		}
	}
}
