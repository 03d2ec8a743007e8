package composite_test

import (
	"net/http"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// A system that was forgotten, or whose name is misspelt, would take its allergies with it and
// nobody would know.
func TestAForgottenSystemIsAnError(t *testing.T) {
	const missing = "systems.documents is missing: configure it, or say that it is left out with off: true"
	there := adapters.Environment{HTTP: http.DefaultClient}
	for name, tc := range map[string]struct {
		parts map[string]adapters.Environment
		want  string
	}{
		"connected":           {map[string]adapters.Environment{"documents": there}, ""},
		"left out":            {map[string]adapters.Environment{"documents": {}}, ""},
		"forgotten":           {nil, missing},
		"misspelt":            {map[string]adapters.Environment{"documnets": there}, `systems.documnets is not known: did you mean "documents"?; ` + missing},
		"misspelt, left out":  {map[string]adapters.Environment{"documnets": {}}, `systems.documnets is not known: did you mean "documents"?; ` + missing},
		"one that is not its": {map[string]adapters.Environment{"documents": there, "x": there}, "systems.x is not known: want documents"},
	} {
		t.Run(name, func(t *testing.T) {
			main, further := both(medications)
			_, err := entryOf(main, further).New(adapters.Environment{Parts: tc.parts})
			if (err == nil) != (tc.want == "") || err != nil && err.Error() != tc.want {
				t.Errorf("New gives %v, want %s", err, tc.want)
			}
		})
	}
}

// The first system is not lent the others' environments: it would take them for a mistake.
func TestTheMainSystemIsLentNoParts(t *testing.T) {
	main := (&fake{sections: []lhcrv1.Section{medications}}).entry()
	var lent adapters.Environment
	made := main.New
	main.New = func(env adapters.Environment) (adapters.Adapter, error) { lent = env; return made(env) }
	further := &fake{sections: []lhcrv1.Section{documents}}
	if _, err := entryFor([]part{{"", main}, {"documents", further.entry()}}).New(connected()); err != nil {
		t.Fatal(err)
	}
	if len(lent.Parts) > 0 {
		t.Errorf("it is lent %d parts", len(lent.Parts))
	}
}
