package answer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func TestEntriesThatHoldNothingLeaveATrace(t *testing.T) {
	const (
		missing = lhcrv1.GapKind_GAP_KIND_PAGE_MISSING
		refused = lhcrv1.GapKind_GAP_KIND_REFUSED
		failed  = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
	)
	outcome := func(severity string) string {
		return `"outcome":{"resourceType":"OperationOutcome","issue":[{"severity":"` + severity + `","code":"timeout"}]}`
	}
	cases := []struct {
		name, kind, entries string
		want                []answer.Missing
	}{
		{"a failed part", "batch-response", `{"response":{"status":"503 Unavailable"}}`, []answer.Missing{{Kind: failed, Retryable: true, Count: 1}}},
		{"a refused part", "batch-response", `{"response":{"status":"403"}}`, []answer.Missing{{Kind: refused, Count: 1}}},
		{"too many at once", "batch-response", `{"response":{"status":"429"}}`, []answer.Missing{{Kind: refused, Retryable: true, Count: 1}}},
		{"one that timed out", "batch-response", `{"response":{"status":"504"}}`, []answer.Missing{{Kind: lhcrv1.GapKind_GAP_KIND_TIMED_OUT, Retryable: true, Count: 1}}},
		{"one too large", "batch-response", `{"response":{"status":"413"}}`, []answer.Missing{{Kind: lhcrv1.GapKind_GAP_KIND_TOO_LARGE, Count: 1}}},
		{"one that is not there", "batch-response", `{"response":{"status":"404"}},{"response":{"status":"410 Gone"}}`, []answer.Missing{{Kind: missing, Count: 2}}},
		{"one that says why", "batch-response", `{"response":{"status":"504",` + outcome("error") + `}}`, nil},
		{"one that says why in the resource's place", "batch-response", `{"response":{"status":"504"},"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}}`, nil},
		{"one that says nothing of the failure", "batch-response", `{"response":{"status":"500",` + outcome("information") + `}}`, []answer.Missing{{Kind: failed, Retryable: true, Count: 1}}},
		{"a success without content", "batch-response", `{"response":{"status":"204"}}`, nil},
		{"a success that should have content", "batch-response", `{"response":{"status":"200"}}`, []answer.Missing{{Kind: missing, Retryable: true, Count: 1}}},
		{"a change that was made", "transaction-response", `{"response":{"status":"200"}},{"response":{"status":"201"}}`, nil},
		{"no resource", "searchset", `{"fullUrl":"https://a.example/Flag/1"}`, []answer.Missing{{Kind: missing, Retryable: true, Count: 1}}},
		{"null for a resource", "searchset", `{"resource":null},{}`, []answer.Missing{{Kind: missing, Retryable: true, Count: 2}}},
		{"a deletion", "history", `{"request":{"method":"DELETE","url":"Flag/1"},"response":{"status":"204"}}`, []answer.Missing{{Kind: lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, Count: 1}}},
		{"a resource", "searchset", `{"resource":{"resourceType":"Flag"}}`, nil},
		{"a bundle in a batch", "batch-response", `{"response":{"status":"200"},"resource":{"resourceType":"Bundle","type":"searchset"}}`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{}, `{"resourceType":"Bundle","type":"`+c.kind+`","entry":[`+c.entries+`]}`)
			if d := cmp.Diff(c.want, a.Missing()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestPagesTellWhereTheyCameFrom(t *testing.T) {
	b := answer.NewBuilder(answer.Options{})
	for _, body := range []string{`{"resourceType":"Flag"}`, `no JSON`, `{"resourceType":"Bundle","entry":[{}]}`, bundle(`"resourceType":"OperationOutcome","contained":[{"resourceType":"Flag"}]`)} {
		_ = b.Add([]byte(body)) // the second fails, and counts as a page
	}
	a := b.Build()
	pages := []int{a.Missing()[0].Page, a.Gaps()[0].Page}
	for _, e := range a.Entries() {
		pages = append(pages, e.Page)
	}
	if d := cmp.Diff([]int{2, 3, 0, 3, 3}, pages); d != "" {
		t.Error(d)
	}
}

func TestUnfollowedPages(t *testing.T) {
	page := func(links, total, entries string) string {
		return `{"resourceType":"Bundle","type":"searchset",` + total + `"link":[` + links + `],"entry":[` + entries + `]}`
	}
	link := func(relation, url string) string {
		return `{"relation":"` + relation + `","url":"https://a.example/` + url + `"}`
	}
	const (
		one     = `{"resource":{"resourceType":"Flag"}}`
		along   = `{"search":{"mode":"include"},"resource":{"resourceType":"Patient"}}`
		outcome = `{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"information"}]}}`
	)
	cases := []struct {
		name  string
		pages []string
		want  []answer.Unfollowed
	}{
		{"a next page that did not come", []string{page(link("next", "2"), "", one)}, []answer.Unfollowed{{Next: true, Came: 1}}},
		{"fewer than the total", []string{page("", `"total":9,`, one)}, []answer.Unfollowed{{Total: 9, Came: 1}}},
		{"what came along does not count", []string{page("", `"total":2,`, one+","+along+","+outcome)}, []answer.Unfollowed{{Total: 2, Came: 1}}},
		{"all", []string{page(link("self", "1"), `"total":2,`, one+","+one)}, nil},
		{"more than the total", []string{page("", `"total":1,`, one+","+one)}, nil},
		{"all pages", []string{
			page(link("self", "1")+","+link("next", "2"), `"total":2,`, one),
			page(link("self", "2"), `"total":2,`, one)}, nil},
		{"the last page is missing", []string{
			page(link("self", "1")+","+link("next", "2"), `"total":3,`, one),
			page(link("self", "2")+","+link("next", "3"), `"total":3,`, one)}, []answer.Unfollowed{{Page: 1, Next: true, Total: 3, Came: 2}}},
		{"two searches, the second not whole", []string{
			page(link("self", "a"), `"total":1,`, one),
			page(link("self", "b"), `"total":4,`, one)}, []answer.Unfollowed{{Page: 1, Total: 4, Came: 1}}},
		{"a page that names itself as next", []string{page(link("self", "1")+","+link("next", "1"), "", one)}, []answer.Unfollowed{{Next: true, Came: 1}}},
		{"a total of what is no search", []string{`{"resourceType":"Bundle","type":"collection","total":9,"entry":[` + one + `]}`}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := answer.NewBuilder(answer.Options{})
			for _, p := range c.pages {
				if err := b.Add([]byte(p)); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(c.want, b.Build().Unfollowed()); d != "" {
				t.Error(d)
			}
		})
	}
}
