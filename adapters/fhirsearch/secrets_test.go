package fhirsearch_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const subscription = "Ocp-Apim-Subscription-Key"

var keyedCalls = []string{"limits:\n", "headers: {secrets: {" + subscription + ": subscription-key}}\nlimits:\n"}

func withKey(e *adapters.Environment) {
	e.Settings.Secrets = map[string]adapters.Secret{"subscription-key": "s3cret"}
}

func TestSecretGoesWithEveryCallAndNowhereElse(t *testing.T) {
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key := r.Header.Get(subscription); key != "" {
			t.Errorf("another host is sent %q", key)
		}
		_, _ = io.WriteString(w, bundle(1, "", allergy("a")))
	}))
	t.Cleanup(elsewhere.Close)
	s, client := newServer(t, nil)
	seen := requests(s, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "Patient"):
			_, _ = io.WriteString(w, held()[0])
		case strings.Contains(r.URL.Path, "metadata"):
		default: // where the address moved to, the secret does not follow
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		}
	})
	r, err := configured(t, s, client, withKey, append(keyedCalls, "method: post", "method: get")...)
	if err != nil {
		t.Fatal(err)
	}
	fetch(t, r, allergies)
	if _, err := r.Check(t.Context(), &adapterv1.CheckRequest{}); err != nil {
		t.Error(err)
	}
	if len(*seen) != 3 {
		t.Errorf("%d requests, want the patient, the allergies and the metadata", len(*seen))
	}
	for _, req := range *seen {
		if got := req.Header.Get(subscription); got != "s3cret" {
			t.Errorf("%s: %q", req.URL.Path, got)
		}
	}
}

func TestSecretIsInNoFailure(t *testing.T) {
	s, client := newServer(t, nil)
	s.serve = func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, r.Header.Get(subscription))
	}
	r, err := configured(t, s, client, withKey, keyedCalls...)
	if err != nil {
		t.Fatal(err)
	}
	if o := fetch(t, r, allergies).GetOutcomes()[0]; strings.Contains(o.String(), "s3cret") {
		t.Errorf("outcome %v", o)
	}
}

func TestSecretThatCannotBeSentIsNamed(t *testing.T) {
	s, client := newServer(t, nil)
	for name, c := range map[string]struct{ secret, want string }{
		"missing": {"", "secret_files.subscription-key is not set"},
		"broken":  {"s3cret\n", "secret_files.subscription-key holds what no header carries"},
	} {
		_, err := configured(t, s, client, func(e *adapters.Environment) {
			e.Settings.Secrets = map[string]adapters.Secret{"subscription-key": adapters.Secret(c.secret)}
		}, keyedCalls...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestCapabilitiesThatAreNotDeclaredAreUnimplemented(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": held()})
	r, err := configured(t, s, client, asIs, "locate: {supported: true}", "locate: {reason: It cannot.}")
	if err != nil {
		t.Fatal(err)
	}
	a, err := adapters.NewRegion(fhirsearch.Adapter(r))
	if err != nil {
		t.Fatal(err)
	}
	query := &lhcrv1.PatientQuery{NhsNumber: number}
	if _, err := a.Locate(t.Context(), &adapterv1.LocateRequest{Patient: query}); err == nil || !strings.Contains(err.Error(), "Unimplemented") {
		t.Errorf("Locate: %v", err)
	}
	if _, err := a.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{Patient: query}); err == nil || !strings.Contains(err.Error(), "Unimplemented") {
		t.Errorf("FetchDocument: %v", err)
	}
	if _, err := a.Check(t.Context(), &adapterv1.CheckRequest{}); err != nil {
		t.Errorf("Check: %v", err)
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %v, want the metadata only", s.asked)
	}
}
