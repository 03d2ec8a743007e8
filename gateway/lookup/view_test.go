package lookup_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// counting is a region that gives each call's number as its one problem.
type counting struct {
	fetches int
	varies  []lhcrv1.VariesBy
	change  func(*adapterv1.FetchRequest, *adapterv1.FetchResponse)
}

func (c *counting) adapter(id string) adapters.Adapter {
	about := describe(id)
	about.Region.VariesBy = c.varies
	return &fetchFunc{about, c.fetch}
}

func (c *counting) fetch(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	c.fetches++
	p := problem("p1")
	p.OnsetText = fmt.Sprintf("%s of %s, fetch %d", req.GetCaller().GetRoleCode(), req.GetCaller().GetOrganisationOdsCode(), c.fetches)
	res := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{p}})
	for _, s := range req.GetSections() {
		status := nothing
		if s == problems {
			status = returned
		}
		res.Outcomes = append(res.Outcomes, outcome(s, status))
	}
	if c.change != nil {
		c.change(req, res)
	}
	return res, nil
}

// cached makes a lookup with a cache of its own.
func cached(tb testing.TB, opts lookup.Options, list ...adapters.Adapter) *lookup.Lookup {
	tb.Helper()
	if opts.Cache == nil {
		opts.Cache = newCache(tb, cache.Options{Memory: 8 << 20, Now: opts.Now})
	}
	if opts.Keep == (lookup.Keep{}) {
		opts.Keep = keepLong
	}
	return newLookup(tb, opts, list...)
}

// getAs reads an answer as a caller does.
func getAs(tb testing.TB, l *lookup.Lookup, as *adapterv1.Caller, req *lhcrv1.GetRecordRequest) *lhcrv1.GetRecordResponse {
	tb.Helper()
	sent, err := l.Get(tb.Context(), as, req)
	if err != nil {
		tb.Fatal(err)
	}
	return onWire(tb, sent)
}

const (
	variesByPerson       = lhcrv1.VariesBy_VARIES_BY_PERSON
	variesByOrganisation = lhcrv1.VariesBy_VARIES_BY_ORGANISATION
	variesByRole         = lhcrv1.VariesBy_VARIES_BY_ROLE
	variesByPurpose      = lhcrv1.VariesBy_VARIES_BY_PURPOSE
	variesByBasis        = lhcrv1.VariesBy_VARIES_BY_BASIS
)

// Two calls share an answer only where they are the same in everything that the
// region's answers vary by. What the definition does not name does not count, unless
// it names nothing: then everything that is sent does.
func TestWhoSharesAnAnswer(t *testing.T) {
	type change = func(*adapterv1.Caller, *lhcrv1.GetRecordRequest)
	by := func(v ...lhcrv1.VariesBy) []lhcrv1.VariesBy { return v }
	always := by(0) // in the place of a property: whatever the definition says
	tests := map[string]struct {
		change change
		counts []lhcrv1.VariesBy // nil: only where the definition names nothing
	}{
		"person":           {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.PersonId = "p2" }, by(variesByPerson)},
		"system of person": {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.PersonIdSystem = "s" }, by(variesByPerson)},
		"name of person":   {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.PersonName = "n" }, by(variesByPerson)},
		"organisation":     {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.OrganisationOdsCode = "FXX02" }, by(variesByOrganisation)},
		"name of it":       {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.OrganisationName = "n" }, by(variesByOrganisation)},
		"role":             {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.RoleCode = "R1500" }, by(variesByRole)},
		"name of role":     {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.RoleName = "n" }, by(variesByRole)},
		"role profile":     {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.RoleProfileId = "1" }, by(variesByRole)},
		"purpose":          {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Access.Purpose = 2 }, by(variesByPurpose)},
		"basis": {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) {
			r.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_PERMISSION_TO_VIEW
		}, by(variesByBasis)},
		"reason":   {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Access.OverrideReason = "r" }, by(variesByBasis)},
		"device":   {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Access.Device = "d" }, nil},
		"supplier": {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.SupplierId = "s2" }, always},
		"window": {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) {
			r.Window = &lhcrv1.TimeWindow{From: &timestamppb.Timestamp{Seconds: 1}}
		}, always},
		"originals": {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.IncludeSource = true }, always},
		"patient": {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) {
			r.Patient.NhsNumber, r.Patient.DateOfBirth = otherNumber, ""
		}, always},
		"request id": {func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) {
			c.RequestId = "00000000-0000-4000-8000-000000000002"
		}, by(-1)},
		"date of birth": {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Patient.DateOfBirth = "" }, always},
		"another region's": {func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) {
			r.Access.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "yorkshire"}}
		}, by(-1)},
		"nothing": {func(*adapterv1.Caller, *lhcrv1.GetRecordRequest) {}, by(-1)},
	}
	definitions := map[string][]lhcrv1.VariesBy{
		"person": by(variesByPerson), "organisation": by(variesByOrganisation), "role": by(variesByRole), "purpose": by(variesByPurpose), "basis": by(variesByBasis),
		"everything": by(variesByPerson, variesByOrganisation, variesByRole, variesByPurpose, variesByBasis), "not said": nil, "of tomorrow": by(99),
	}
	for name, test := range tests {
		for said, varies := range definitions {
			t.Run(name+" where it varies by "+said, func(t *testing.T) {
				region := &counting{varies: varies}
				l := cached(t, lookup.Options{}, region.adapter("dorset"))
				getAs(t, l, caller(), request(problems))
				as, req := caller(), request(problems)
				test.change(as, req)
				getAs(t, l, as, req)
				want := 1
				if differs(test.counts, varies) {
					want = 2
				}
				if region.fetches != want {
					t.Errorf("%d fetches, want %d", region.fetches, want)
				}
			})
		}
	}
}

// differs says whether a change that counts for some properties makes another view.
func differs(counts, varies []lhcrv1.VariesBy) bool {
	everything := len(varies) == 0 || varies[0] == 99
	switch {
	case len(counts) == 0:
		return everything
	case counts[0] < 0:
		return false
	case counts[0] == 0 || everything:
		return true
	}
	for _, v := range varies {
		if v == counts[0] {
			return true
		}
	}
	return false
}

// A pharmacist's answer does not contain a technician's, nor the reverse: neither is
// ever served the other's, unless the region's definition says that roles do not count.
func TestAPharmacistsAnswerIsNotATechnicians(t *testing.T) {
	const pharmacist, technician = "R1290", "R1543"
	as := func(role string) *adapterv1.Caller {
		c := caller()
		c.RoleCode = role
		return c
	}
	for name, test := range map[string]struct {
		varies []lhcrv1.VariesBy
		shared bool
	}{
		"as sandboxed":            {[]lhcrv1.VariesBy{variesByPerson, variesByOrganisation, variesByRole, variesByPurpose, variesByBasis}, false},
		"by organisation, role":   {[]lhcrv1.VariesBy{variesByOrganisation, variesByRole}, false},
		"not said":                {nil, false},
		"widened to organisation": {[]lhcrv1.VariesBy{variesByOrganisation}, true},
	} {
		for _, order := range [][2]string{{pharmacist, technician}, {technician, pharmacist}} {
			region := &counting{varies: test.varies}
			l := cached(t, lookup.Options{}, region.adapter("dorset"))
			first := getAs(t, l, as(order[0]), request(problems)).GetRecord().GetProblems()[0].GetOnsetText()
			second := getAs(t, l, as(order[1]), request(problems)).GetRecord().GetProblems()[0].GetOnsetText()
			again := getAs(t, l, as(order[0]), request(problems)).GetRecord().GetProblems()[0].GetOnsetText()
			if (first == second) != test.shared || again != first {
				t.Errorf("%s: %s got %q, then %s %q, then the first again %q", name, order[0], first, order[1], second, again)
			}
		}
	}
}

// No two callers are the same because their words run together.
func TestViewsDoNotRunTogether(t *testing.T) {
	split := func(id, system string) *adapterv1.Caller {
		c := caller()
		c.PersonId, c.PersonIdSystem = id, system
		return c
	}
	region := &counting{}
	l := cached(t, lookup.Options{}, region.adapter("dorset"))
	for _, c := range []*adapterv1.Caller{split("ab", "c"), split("a", "bc"), split("abc", ""), split("", "abc")} {
		getAs(t, l, proto.CloneOf(c), request(problems))
	}
	if region.fetches != 4 {
		t.Errorf("%d fetches for four callers", region.fetches)
	}
}
