package reference_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/rest/reference"
	"github.com/openlhcr/openlhcr/gen/openapi"
	"golang.org/x/net/html"
)

func handler(t *testing.T) http.Handler {
	t.Helper()
	h, err := reference.New(openapi.JSON)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	handler(t).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: status %d", path, w.Code)
	}
	return w
}

// elements are all elements of the page.
func elements(t *testing.T) []*html.Node {
	t.Helper()
	root, err := html.Parse(get(t, "/docs").Body)
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			out.WriteString(d.Data)
		case d.Data != "a" && d.Data != "code" && d.Data != "b":
			out.WriteString(" ") // a block stands apart from what is before it
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// document is what the test reads of the OpenAPI document by itself.
type document struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Summary     string `json:"summary"`
	} `json:"paths"`
	Definitions map[string]struct {
		Description string   `json:"description"`
		Enum        []string `json:"enum"`
		Properties  map[string]struct {
			Description string `json:"description"`
		} `json:"properties"`
	} `json:"definitions"`
}

func contract(t *testing.T) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(openapi.JSON, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func byID(t *testing.T) map[string]*html.Node {
	t.Helper()
	out := map[string]*html.Node{}
	for _, e := range elements(t) {
		id := attribute(e, "id")
		if id == "" {
			continue
		}
		if out[id] != nil {
			t.Errorf("two elements have the id %q", id)
		}
		out[id] = e
	}
	return out
}

func TestThePageHasEveryOperation(t *testing.T) {
	entries := byID(t)
	operations := 0
	for path, methods := range contract(t).Paths {
		for method, operation := range methods {
			operations++
			entry := entries[operation.OperationID]
			if entry == nil {
				t.Errorf("no entry for %s", operation.OperationID)
				continue
			}
			for _, want := range []string{strings.ToUpper(method) + " " + path, strings.Join(strings.Fields(operation.Summary), " ")} {
				if !strings.Contains(text(entry), want) {
					t.Errorf("the entry of %s lacks %q", operation.OperationID, want)
				}
			}
		}
	}
	if operations < 9 {
		t.Errorf("the document has only %d operations", operations)
	}
}

func TestThePageHasEveryMessageFieldAndValueWithItsComment(t *testing.T) {
	entries := byID(t)
	for name, definition := range contract(t).Definitions {
		entry := entries[name]
		if entry == nil {
			t.Errorf("no entry for %s", name)
			continue
		}
		got := text(entry)
		for field, property := range definition.Properties {
			if want := field; !strings.Contains(got, want) {
				t.Errorf("the entry of %s lacks the field %s", name, field)
			}
			if want := strings.Join(strings.Fields(property.Description), " "); !strings.Contains(got, want) {
				t.Errorf("the entry of %s lacks the comment of %s: %q", name, field, want)
			}
		}
		for _, value := range definition.Enum {
			if !strings.Contains(got, value) {
				t.Errorf("the entry of %s lacks the value %s", name, value)
			}
		}
	}
}

func TestEachValueStandsBesideItsOwnComment(t *testing.T) {
	for _, row := range elements(t) {
		if row.Data != "tr" || !strings.HasPrefix(text(row), "OUTCOME_STATUS_NOT_HELD ") {
			continue
		}
		if want := "OUTCOME_STATUS_NOT_HELD The region does not know this patient. OUT-002: say"; !strings.HasPrefix(text(row), want) {
			t.Errorf("row %q, want it to begin with %q", text(row), want)
		}
		return
	}
	t.Error("no row for OUTCOME_STATUS_NOT_HELD")
}

func TestAClauseCanBeLinkedTo(t *testing.T) {
	entries := byID(t)
	for _, clause := range regexp.MustCompile(`\b[A-Z]{3}-[0-9]{3}\b`).FindAllString(string(openapi.JSON), -1) {
		if entries[clause] == nil {
			t.Errorf("clause %s has no anchor", clause)
		}
	}
}

func TestThePageLoadsNothingFromOutside(t *testing.T) {
	ids := byID(t)
	for _, e := range elements(t) {
		for _, name := range []string{"src", "href", "action", "srcset", "data", "style", "onload"} {
			switch target := attribute(e, name); {
			case target == "", target == "/openapi.json":
			case strings.HasPrefix(target, "/docs/"):
				get(t, target)
			case strings.HasPrefix(target, "#"):
				if ids[target[1:]] == nil {
					t.Errorf("<%s %s=%q> leads nowhere", e.Data, name, target)
				}
			default:
				t.Errorf("<%s %s=%q> leads outside", e.Data, name, target)
			}
		}
	}
	outside := regexp.MustCompile(`(?i)https?:|url\(|@import|fetch\(|XMLHttpRequest|import\(`)
	for _, path := range []string{"/docs/style.css", "/docs/search.js"} {
		if found := outside.FindString(get(t, path).Body.String()); found != "" {
			t.Errorf("%s reaches out by %q", path, found)
		}
	}
	if got := get(t, "/docs").Header().Get("Content-Security-Policy"); got != reference.Policy {
		t.Errorf("Content-Security-Policy is %q", got)
	}
}

func TestThePageCanBeUsedByEverybody(t *testing.T) {
	seen := map[string]bool{}
	labelled := map[string]bool{}
	for _, e := range elements(t) {
		seen[e.Data] = true
		if e.Data == "label" {
			labelled[attribute(e, "for")] = true
		}
		if e.Data == "html" && attribute(e, "lang") == "" {
			t.Error("the page names no language")
		}
		if e.Data == "th" && attribute(e, "scope") == "" {
			t.Errorf("the heading %q has no scope", text(e))
		}
	}
	for _, want := range []string{"title", "h1", "main", "nav", "header"} {
		if !seen[want] {
			t.Errorf("the page has no <%s>", want)
		}
	}
	if !labelled["query"] {
		t.Error("the search box has no label")
	}
}

func TestADocumentWithoutOperationsIsRefused(t *testing.T) {
	for _, document := range []string{"", "{}", "[]", `{"paths": 1}`} {
		if _, err := reference.New([]byte(document)); err == nil {
			t.Errorf("%q was taken", document)
		}
	}
}

// Whoever pastes the example against the demo gets an answer.
func TestTheExampleIsOfAPatientOfTheDemo(t *testing.T) {
	page := get(t, "/docs").Body.String()
	for _, want := range []string{`curl --cacert "$CA" "$LHCR/v1/record:get"`, `"nhsNumber": "9990001006", "dateOfBirth": "1948-03-07"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}
