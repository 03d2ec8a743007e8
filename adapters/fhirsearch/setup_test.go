package fhirsearch_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// configured makes a region over a server, its definition changed by replacements and its
// environment by a function.
func configured(t *testing.T, s *server, client *http.Client, change func(*adapters.Environment), replacements ...string) (*fhirsearch.Region, error) {
	t.Helper()
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(regionYAML, replacements[i]) {
			t.Fatalf("the definition holds no %q", replacements[i])
		}
	}
	d, err := definition.Parse([]byte(strings.NewReplacer(replacements...).Replace(regionYAML)))
	if err != nil {
		t.Fatal(err)
	}
	env := adapters.Environment{
		HTTP: client, Now: func() time.Time { return noon }, Random: strings.NewReader(strings.Repeat("chance", 100)),
		Settings: adapters.Settings{BaseURL: s.url + "/fhir"},
	}
	change(&env)
	return fhirsearch.New(d, env)
}

func asIs(*adapters.Environment) {}

// ask fetches sections, with consents if there are any.
func ask(t *testing.T, r *fhirsearch.Region, sections []lhcrv1.Section, consents ...*lhcrv1.PeriodOfCareConsent) *adapterv1.FetchResponse {
	t.Helper()
	res, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{
		Patient: &lhcrv1.PatientQuery{NhsNumber: number}, Sections: sections,
		Caller: &adapterv1.Caller{Access: &lhcrv1.AccessContext{Consents: consents}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// requests are what a server was asked, with headers.
func requests(s *server, answer http.HandlerFunc) *[]*http.Request {
	var seen []*http.Request
	s.serve = func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		s.mu.Lock()
		seen = append(seen, r)
		s.mu.Unlock()
		answer(w, r)
	}
	return &seen
}
