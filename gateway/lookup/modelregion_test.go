package lookup_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// wayward is a region that fails in all ways. What it says carries the number of the
// fact that the model knows it by.
type wayward struct {
	world   *world
	id      string
	locates bool
	asks    bool // for a consent for each period of care
	varies  []lhcrv1.VariesBy
}

// fact is one answer of a region.
type fact struct {
	region, number string
	view           string // everything that the region's answers vary by
	notHeld        bool   // it is a Locate that said so
	born           string // the date of birth that was asked
	lasting        map[lhcrv1.Section]bool
	given          map[lhcrv1.Section]lhcrv1.OutcomeStatus
	flawed         map[lhcrv1.Section]bool // with a gap or cut short
	footing        bool                    // on which answers are kept
	began          int                     // the moment at which it was asked for
	at             time.Time               // when the region answered
	moment         int                     // and the moment of that
}

func (r *wayward) adapter() adapters.Adapter {
	about := timeout(describe(r.id), 4*time.Second)
	about.Region.VariesBy, about.Region.ConsentPerPeriodOfCare = r.varies, r.asks
	if !r.locates {
		return &fetchFunc{about, r.fetch}
	}
	about.Region.Capabilities = []*lhcrv1.CapabilitySupport{{Capability: lhcrv1.Capability_CAPABILITY_LOCATE, Supported: true}}
	return &fullAdapter{fetchFunc: fetchFunc{about, r.fetch}, locate: r.locate}
}

// viewOf is what a region's answers vary by, in full.
func (r *wayward) viewOf(c *adapterv1.Caller, a *lhcrv1.AccessContext, source bool) string {
	view := fmt.Sprint(c.GetSupplierId(), "|", c.GetOrganisationOdsCode(), "|", source)
	switch {
	case r.id == "wide":
		return view
	case r.asks:
		for _, consent := range a.GetConsents() {
			if consent.GetRegionId() == r.id {
				view += "|" + consent.GetReference()
			}
		}
	}
	return fmt.Sprint(view, "|", c.GetPersonId(), "|", c.GetRoleCode(), "|", a.GetPurpose(), "|", a.GetBasis())
}

// footing says whether answers of the region may be kept for a call.
func (r *wayward) footing(a *lhcrv1.AccessContext) bool {
	mine := slices.ContainsFunc(a.GetConsents(), func(c *lhcrv1.PeriodOfCareConsent) bool { return c.GetRegionId() == r.id })
	return (a.GetBasis() == 1 || a.GetBasis() == 2) && !mine && !r.asks
}

// pass lets time pass, and now and then a purge.
func (r *wayward) pass(ctx context.Context, number string) error {
	if r.world.below(40) == 0 {
		r.world.purge(r.world.below(len(r.world.gateways)), number)
	}
	select {
	case <-time.After(time.Duration(r.world.below(3000)) * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// note makes a fact of an answer that leaves now, and gives its number.
func (r *wayward) note(f fact) int {
	f.region, f.at, f.moment = r.id, r.world.now(), r.world.moment()
	r.world.mu.Lock()
	defer r.world.mu.Unlock()
	r.world.facts = append(r.world.facts, f)
	return len(r.world.facts) - 1
}

func (r *wayward) locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	number := req.GetPatient().GetNhsNumber()
	began := r.world.moment()
	if err := r.pass(ctx, number); err != nil {
		return nil, err
	}
	switch r.world.below(10) {
	case 0:
		return nil, status.Error(codes.Unavailable, "")
	case 1:
		return &adapterv1.LocateResponse{Holding: cantSay}, nil
	case 2, 3:
		access := req.GetCaller().GetAccess()
		r.note(fact{
			number: number, view: r.viewOf(req.GetCaller(), access, false), notHeld: true, born: req.GetPatient().GetDateOfBirth(),
			footing: r.footing(access), began: began,
		})
		return &adapterv1.LocateResponse{Holding: heldNot}, nil
	}
	return &adapterv1.LocateResponse{Holding: held, Handle: []byte(pick(r.world, "h1", "h2"))}, nil
}

func (r *wayward) fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	number, w := req.GetPatient().GetNhsNumber(), r.world
	access := req.GetCaller().GetAccess()
	f := fact{
		number: number, view: r.viewOf(req.GetCaller(), access, req.GetIncludeSource()), footing: r.footing(access), began: w.moment(),
		born:    req.GetPatient().GetDateOfBirth(),
		lasting: map[lhcrv1.Section]bool{}, given: map[lhcrv1.Section]lhcrv1.OutcomeStatus{}, flawed: map[lhcrv1.Section]bool{},
	}
	if err := r.pass(ctx, number); err != nil {
		return nil, err
	}
	if w.below(10) == 0 {
		return nil, status.Error(pick(w, codes.Unavailable, codes.NotFound, codes.DataLoss, codes.PermissionDenied, codes.FailedPrecondition), "")
	}
	who := patient()
	who.NhsNumber = number
	wrong := w.below(20) == 0
	if wrong {
		who.NhsNumber = map[string]string{nhsNumber: otherNumber, otherNumber: nhsNumber}[number]
		f.number = who.NhsNumber
	}
	res := &adapterv1.FetchResponse{Record: &lhcrv1.Record{}, Patients: []*adapterv1.MatchedPatient{who}}
	if w.below(16) == 0 {
		res.Patients, f.number = nil, number
		wrong = true // it vouches for nothing
	}
	for _, section := range req.GetSections() {
		o := r.outcome(section, res.Record)
		res.Outcomes = append(res.Outcomes, o)
		f.given[section], f.flawed[section] = o.GetStatus(), len(o.GetGaps()) > 0 || o.GetTruncated()
		kept := []lhcrv1.OutcomeStatus{returned, assertedNone, nothing, notSupported}
		f.lasting[section] = !wrong && !f.flawed[section] && slices.Contains(kept, o.GetStatus()) ||
			res.Patients == nil && o.GetStatus() == notSupported // which tells nothing of anybody
	}
	n := r.note(f)
	r.number(res, n)
	return res, nil
}

// outcome gives a section, with an item where there is one.
func (r *wayward) outcome(section lhcrv1.Section, record *lhcrv1.Record) *lhcrv1.SectionOutcome {
	w := r.world
	o := outcome(section, pick(w, returned, returned, returned, returned, nothing, nothing, unavailable, refused, withheld, invalid, notHeld, notSupported))
	if o.GetStatus() != returned {
		return o
	}
	switch w.below(6) {
	case 0:
		o.Gaps = []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED}}
	case 1:
		o.Truncated = true
	case 2:
		o.Warnings = []*lhcrv1.Warning{{Code: lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT}}
	}
	switch section {
	case problems:
		record.Problems = append(record.Problems, problem("problem"))
		if w.below(2) == 0 {
			record.Problems[0].Header.AlsoUnder = []lhcrv1.Section{alerts, allergies}
		}
	case alerts:
		record.Alerts = append(record.Alerts, &lhcrv1.Alert{Header: header("alert", alerts)})
	case allergies:
		a := allergy("allergy")
		if o.Gaps == nil && !o.Truncated && o.Warnings == nil && w.below(2) == 0 {
			a.Absence, o.Status = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY, assertedNone
		}
		record.Allergies = append(record.Allergies, a)
	}
	return o
}

// number writes a fact's number wherever the model looks for it.
func (r *wayward) number(res *adapterv1.FetchResponse, n int) {
	mark := fmt.Sprint("fact ", n)
	for _, o := range res.GetOutcomes() {
		o.SourceLag = mark
	}
	for _, h := range headersOf(res.GetRecord()) {
		h.Notes = []*lhcrv1.Note{{Text: mark}}
	}
}

func headersOf(record *lhcrv1.Record) (headers []*lhcrv1.ItemHeader) {
	for _, i := range record.GetProblems() {
		headers = append(headers, i.GetHeader())
	}
	for _, i := range record.GetAlerts() {
		headers = append(headers, i.GetHeader())
	}
	for _, i := range record.GetAllergies() {
		headers = append(headers, i.GetHeader())
	}
	return headers
}
