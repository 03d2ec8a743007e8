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
	return e.log.write(ctx, e.level(), "audit disclosure", slices.Concat(e.known(), []slog.Attr{slog.Int("part", e.parts)}, disclosed(d)))
}

// add keeps what is disclosed for the line that ends the call.
func (e *line) add(d Disclosure) {
	e.parts++
	e.disclosed.Outcomes = append(e.disclosed.Outcomes, d.Outcomes...)
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
	return e.log.write(ctx, e.level(), "audit "+string(e.call.Event), slices.Concat(e.known(), e.ended(o), disclosed(e.disclosed)))
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

// known is what is known of the call, whatever became of it.
func (e *line) known() []slog.Attr {
	attrs := []slog.Attr{
		slog.String("event", string(e.call.Event)),
		slog.String("operation", e.call.Operation),
		slog.String("request_id", e.call.RequestID),
		slog.Time("began", e.call.At),
	}
	return slices.Concat(attrs, e.who(), e.what())
}

func (e *line) who() []slog.Attr {
	if e.actor.nobody {
		return []slog.Attr{slog.String("actor", "nobody")}
	}
	c := e.actor.caller
	return present(
		slog.String("supplier", c.GetSupplierId()),
		slog.String("organisation", c.GetOrganisationOdsCode()),
		slog.String("organisation_name", c.GetOrganisationName()),
		slog.String("person", c.GetPersonId()),
		slog.String("person_system", c.GetPersonIdSystem()),
		slog.String("person_name", c.GetPersonName()),
		slog.String("role", c.GetRoleCode()),
		slog.String("role_name", c.GetRoleName()),
		slog.String("role_profile", c.GetRoleProfileId()),
	)
}

func (e *line) what() []slog.Attr {
	if e.request == nil {
		return nil
	}
	r := e.request
	attrs := present(
		slog.String("patient", e.log.patient(r.NHSNumber)),
		slog.String("device", adapters.Scrub(r.Access.GetDevice())),
		slog.String("sections", names(r.Sections)),
		slog.String("regions", e.log.named(r.Regions)),
		slog.String("document", e.log.document(r.Document)),
	)
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

func (e *line) ended(o Outcome) []slog.Attr {
	attrs := []slog.Attr{slog.String("code", o.Code.String()), slog.Duration("took", o.At.Sub(e.call.At)), slog.Int("disclosures", e.parts)}
	if o.Code != codes.OK {
		attrs = append(attrs, slog.String("reason", o.Reason.String()))
	}
	return attrs
}

func disclosed(d Disclosure) []slog.Attr {
	var attrs []slog.Attr
	attrs = append(attrs, present(slog.String("region", d.Region), slog.String("regions_answered", regions(d.Outcomes)))...)
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
	counts := map[lhcrv1.OutcomeStatus]int{}
	for _, o := range outcomes {
		counts[o.Status]++
	}
	var attrs []slog.Attr
	for status, n := range counts {
		attrs = append(attrs, slog.Int(status.String(), n))
	}
	slices.SortFunc(attrs, func(a, b slog.Attr) int { return cmp.Compare(a.Key, b.Key) })
	return slog.GroupValue(attrs...)
}

func regions(outcomes []SectionOutcome) string {
	var ids []string
	for _, o := range outcomes {
		if !slices.Contains(ids, o.Region) {
			ids = append(ids, o.Region)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, ",")
}

func names(sections []lhcrv1.Section) string {
	var all []string
	for _, s := range sections {
		all = append(all, s.String())
	}
	return strings.Join(all, ",")
}

// present leaves out what is empty.
func present(attrs ...slog.Attr) []slog.Attr {
	return slices.DeleteFunc(attrs, func(a slog.Attr) bool { return a.Value.String() == "" })
}
