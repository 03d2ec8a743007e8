package adaptertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// errorsNameNobody provokes errors and searches everything that they say.
func errorsNameNobody(ctx context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	req := s.fetch(s.Held)
	req.Handle = []byte(s.Held.NHSNumber)
	_, err := adapter.Fetch(ctx, req)
	s.errorNamesNobody(t, "Fetch with a forged handle", err)
	_, err = adapter.Fetch(ctx, &adapterv1.FetchRequest{Caller: s.Caller, Patient: s.Held.query()})
	s.errorNamesNobody(t, "Fetch of no section", err)
	if d, ok := adapter.(adapters.DocumentFetcher); ok {
		_, err = d.FetchDocument(ctx, s.document(s.Held, s.Held.NHSNumber, s.Held.DateOfBirth))
		s.errorNamesNobody(t, "FetchDocument of nothing", err)
	}
	for _, e := range s.Faults {
		if e.Whole && s.Fault != nil {
			t.Run(e.Name, func(t *testing.T) { s.failNamesNobody(t, e) })
		}
	}
}

func (s Subject) failNamesNobody(t *testing.T, e Expectation) {
	limit := patience
	if e.Slow {
		limit = patience / 25
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	adapter := s.New(t)
	s.Fault(t, e)
	if l, ok := adapter.(adapters.Locator); ok {
		res, err := l.Locate(ctx, s.locate(s.Held))
		s.errorNamesNobody(t, "Locate", err)
		s.namesNobody(t, "Locate", res.GetMessage())
	}
	if c, ok := adapter.(adapters.Checker); ok {
		res, err := c.Check(ctx, &adapterv1.CheckRequest{})
		s.errorNamesNobody(t, "Check", err)
		s.namesNobody(t, "Check", encoded(t, res))
	}
}

func (s Subject) errorNamesNobody(t *testing.T, call string, err error) {
	t.Helper()
	if err != nil {
		s.namesNobody(t, call, fmt.Sprintf("%v %+v ", err, err)+encoded(t, status.Convert(err).Proto()))
	}
}

// encoded is a message's bytes, in which its strings stand as they are.
func encoded(t *testing.T, m proto.Message) string {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// namesNobody searches for whoever and whatever must not be named.
func (s Subject) namesNobody(t *testing.T, where, text string) {
	t.Helper()
	forbidden := append([]string{"http://", "https://"}, s.Canaries...)
	for _, p := range append([]Patient{s.Held, s.Another, s.NotHeld}, s.Mismatched...) {
		forbidden = append(forbidden, p.NHSNumber, p.DateOfBirth)
	}
	for _, canary := range forbidden {
		if canary != "" && strings.Contains(text, canary) {
			t.Errorf("%s says %q: want messages without a patient, an address or bytes of an answer", where, canary)
		}
	}
}

// texts are all words of an answer's outcomes.
func texts(res *adapterv1.FetchResponse) string {
	var b strings.Builder
	for _, o := range res.GetOutcomes() {
		fmt.Fprintln(&b, o.GetMessage())
		for _, g := range o.GetGaps() {
			fmt.Fprintln(&b, g.GetMessage(), g.GetSourceRequestId())
		}
	}
	for _, r := range res.GetReported() {
		fmt.Fprintln(&b, r.GetSourceType(), r.GetReason())
	}
	return b.String()
}
