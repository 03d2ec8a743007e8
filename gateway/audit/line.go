package audit

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// line is the record of one call.
type line struct {
	log       *Lines
	call      Call
	actor     *Actor
	request   *Request
	parts     int
	disclosed Disclosure
	committed bool
}

var _ Entry = (*line)(nil)

// Identify adds who calls.
func (e *line) Identify(actor Actor) { e.actor = &actor }

// Ask adds what was asked for.
func (e *line) Ask(request Request) { e.request = &request }

// Disclose writes that something is about to be disclosed.
func (e *line) Disclose(ctx context.Context, d Disclosure) error {
	e.requireActor()
	e.add(d)
	return e.write(ctx, "audit disclosure", func(attrs []slog.Attr) []slog.Attr {
		return disclosed(append(attrs, slog.Int("part", e.parts)), d)
	})
}

// lineRoom has room for what the longest line says.
type lineRoom [40]slog.Attr

// write writes a line of what is known of the call and of what is said beside it.
func (e *line) write(ctx context.Context, message string, beside func([]slog.Attr) []slog.Attr) error {
	room := e.log.rooms.Get().(*lineRoom)
	defer func() {
		clear(room[:])
		e.log.rooms.Put(room)
	}()
	return e.log.write(ctx, e.level(), message, beside(e.known(room[:0])))
}

// add keeps what is disclosed for the line that ends the call.
func (e *line) add(d Disclosure) {
	e.parts++
	if e.parts == 1 {
		e.disclosed.Outcomes = slices.Clip(d.Outcomes)
	} else {
		e.disclosed.Outcomes = append(e.disclosed.Outcomes, d.Outcomes...)
	}
	e.disclosed.Completeness = max(e.disclosed.Completeness, d.Completeness)
}

// Commit writes how the call ended.
func (e *line) Commit(ctx context.Context, o Outcome) error {
	e.requireActor()
	if e.committed || o.At.IsZero() {
		panic("audit: a call committed twice, or without the time")
	}
	e.committed = true
	if o.Answer != nil {
		e.add(*o.Answer)
	}
	if e.actor.nobody {
		single, left := e.log.crowd.join(e.call, o)
		if err := e.log.writeCrowd(ctx, left); err != nil || !single {
			return err
		}
	}
	return e.write(ctx, "audit "+string(e.call.Event), func(attrs []slog.Attr) []slog.Attr {
		return disclosed(e.ended(attrs, o), e.disclosed)
	})
}

func (e *line) requireActor() {
	if e.actor == nil || e.actor.caller == nil && !e.actor.nobody {
		panic("audit: nobody was said to call")
	}
}

// level is that of an alert for an emergency override, which is never silent.
func (e *line) level() slog.Level {
	if e.isOverride() {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

func (e *line) isOverride() bool {
	return e.request != nil && e.request.Access.GetBasis() == lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE
}

// known adds what is known of the call, whatever became of it.
func (e *line) known(attrs []slog.Attr) []slog.Attr {
	attrs = append(attrs,
		slog.String("event", string(e.call.Event)),
		slog.String("operation", e.call.Operation),
		slog.String("request_id", e.call.RequestID),
		slog.Time("began", e.call.At),
	)
	return e.what(e.who(attrs))
}

func (e *line) who(attrs []slog.Attr) []slog.Attr {
	if e.actor.nobody {
		return append(attrs, slog.String("actor", "nobody"))
	}
	c := e.actor.caller
	attrs = given(attrs, "supplier", c.GetSupplierId())
	attrs = given(attrs, "organisation", c.GetOrganisationOdsCode())
	attrs = given(attrs, "organisation_name", c.GetOrganisationName())
	attrs = given(attrs, "person", c.GetPersonId())
	attrs = given(attrs, "person_system", c.GetPersonIdSystem())
	attrs = given(attrs, "person_name", c.GetPersonName())
	attrs = given(attrs, "role", c.GetRoleCode())
	attrs = given(attrs, "role_name", c.GetRoleName())
	return given(attrs, "role_profile", c.GetRoleProfileId())
}

func (e *line) what(attrs []slog.Attr) []slog.Attr {
	if e.request == nil {
		return attrs
	}
	r := e.request
	attrs = given(attrs, "patient", e.log.patient(r.NHSNumber))
	if device := r.Access.GetDevice(); device != "" {
		attrs = given(attrs, "device", adapters.Scrub(device))
	}
	attrs = given(attrs, "sections", names(r.Sections))
	attrs = given(attrs, "regions", e.log.named(r.Regions))
	attrs = given(attrs, "document", e.log.document(r.Document))
	if r.AllRegions {
		attrs = append(attrs, slog.Bool("all_regions", true))
	}
	if r.Access != nil {
		attrs = append(attrs, slog.String("purpose", r.Access.GetPurpose().String()), slog.String("basis", r.Access.GetBasis().String()))
	}
	if e.isOverride() {
		// The reason is in the caller's words and may name the patient: only that it was given is kept here.
		attrs = append(attrs, slog.String("alert", "emergency override"), slog.Bool("override_reason_given", r.Access.GetOverrideReason() != ""))
	}
	return attrs
}

func (e *line) ended(attrs []slog.Attr, o Outcome) []slog.Attr {
	attrs = append(attrs, slog.String("code", o.Code.String()), slog.Duration("took", o.At.Sub(e.call.At)), slog.Int("disclosures", e.parts))
	if o.Code != codes.OK {
		attrs = append(attrs, slog.String("reason", o.Reason.String()))
	}
	return attrs
}

func disclosed(attrs []slog.Attr, d Disclosure) []slog.Attr {
	attrs = given(attrs, "region", d.Region)
	attrs = given(attrs, "regions_answered", regions(d.Outcomes))
	if len(d.Outcomes) > 0 {
		attrs = append(attrs, slog.Attr{Key: "outcomes", Value: tally(d.Outcomes)})
	}
	if d.Completeness != lhcrv1.Completeness_COMPLETENESS_UNSPECIFIED {
		attrs = append(attrs, slog.String("completeness", d.Completeness.String()))
	}
	return attrs
}

// tally counts the outcomes by status.
func tally(outcomes []SectionOutcome) slog.Value {
	var statuses []lhcrv1.OutcomeStatus
	var counts []int
	for _, o := range outcomes {
		i := slices.Index(statuses, o.Status)
		if i < 0 {
			i, statuses, counts = len(statuses), append(statuses, o.Status), append(counts, 0)
		}
		counts[i]++
	}
	attrs := make([]slog.Attr, len(statuses))
	for i, status := range statuses {
		attrs[i] = slog.Int(status.String(), counts[i])
	}
	slices.SortFunc(attrs, func(a, b slog.Attr) int { return cmp.Compare(a.Key, b.Key) })
	return slog.GroupValue(attrs...)
}

// regions are those that were asked, by what became of it. What is withheld, for want of
// a consent for instance, and what is never given may have been said without them.
func regions(outcomes []SectionOutcome) string {
	var ids []string
	for _, o := range outcomes {
		switch o.Status {
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
			continue
		}
		if !slices.Contains(ids, o.Region) {
			ids = append(ids, o.Region)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, ",")
}

func names(sections []lhcrv1.Section) string {
	all := make([]string, len(sections))
	for i, s := range sections {
		all[i] = s.String()
	}
	return strings.Join(all, ",")
}

// given adds what is not empty.
func given(attrs []slog.Attr, key, value string) []slog.Attr {
	if value == "" {
		return attrs
	}
	return append(attrs, slog.String(key, value))
}
