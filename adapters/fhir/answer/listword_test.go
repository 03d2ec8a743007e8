package answer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// TestOnlyAListThatSaysSoIsOfEndedAllergies forbids to show an allergy as ended because
// of a word inside a word.
func TestOnlyAListThatSaysSoIsOfEndedAllergies(t *testing.T) {
	cases := map[string]bool{
		"Ended allergies": true, "Allergies - Ended": true, "Resolved allergies": true,
		"Amended allergies": false, "Recommended allergies": false, "Suspended allergies": false,
		"Unresolved allergies": false, "Un-resolved allergies": false, "Active and ended allergies": false,
		"Allergies not ended": false, "Allergies": false, "All allergies, ended ones too": false,
	}
	for title, want := range cases {
		t.Run(title, func(t *testing.T) {
			a := read(t, answer.Options{}, bundle(`"resourceType":"List","title":"`+title+`"`))
			lists := a.ListsOf(lhcrv1.Section_SECTION_ALLERGIES, answer.ListPrimary)
			if len(lists) != 1 || lists[0].Ended != want {
				t.Errorf("got %d lists, want one with ended %v", len(lists), want)
			}
		})
	}
}

func TestListsThatAreNotWhole(t *testing.T) {
	cases := []struct {
		name, list   string
		lists, whole int
	}{
		{"a snapshot", `,"status":"current","mode":"snapshot"`, 1, 1},
		{"a working list", `,"status":"current","mode":"working"`, 1, 1},
		{"one that does not say", ``, 1, 1},
		{"changes", `,"status":"current","mode":"changes"`, 1, 0},
		{"retired", `,"status":"retired","mode":"snapshot"`, 1, 0},
		{"of a status that nobody knows", `,"status":"draft"`, 1, 0},
		{"of a mode that nobody knows", `,"mode":"delta"`, 1, 0},
		{"entered in error", `,"status":"entered-in-error","mode":"snapshot"`, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{}, bundle(`"resourceType":"List","title":"Allergies"`+c.list+`,"entry":[{"item":{"reference":"AllergyIntolerance/a"}}]`, `"resourceType":"AllergyIntolerance","id":"a"`))
			whole := 0
			for _, l := range a.Lists() {
				if l.Whole() {
					whole++
				}
			}
			got := []int{len(a.Lists()), whole, len(a.Of("AllergyIntolerance")[0].Lists()), a.Account().Supporting}
			if d := cmp.Diff([]int{c.lists, c.whole, c.lists, 1}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDeletedEntriesAreNoMembers(t *testing.T) {
	list := func(entries string) string {
		return `"resourceType":"List","title":"Allergies","entry":[` + entries + `]`
	}
	const a1, gone = `{"item":{"reference":"AllergyIntolerance/a1"}}`, `{"deleted":true,"item":{"reference":"AllergyIntolerance/a1"}}`
	cases := []struct {
		name  string
		lists []string
		want  bool
	}{
		{"named", []string{list(a1)}, false},
		{"deleted", []string{list(gone)}, true},
		{"deleted from two", []string{list(gone), list(gone)}, true},
		{"deleted from one of two", []string{list(gone), list(a1)}, false},
		{"named by none", []string{list("")}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{}, bundle(append(c.lists, `"resourceType":"AllergyIntolerance","id":"a1"`)...))
			if got := a.Of("AllergyIntolerance")[0].Deleted(); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
