package sdktest

import (
	"cmp"
	"slices"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// answer is what a gateway answers to a query, the faults that are on included.
func (g *Gateway) answer(q *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	if err := check(q.GetPatient(), q.GetAccess()); err != nil {
		return nil, err
	}
	regions, err := regionsOf(q.GetRegions())
	if err != nil {
		return nil, err
	}
	what := &question{request: q, regions: regions, sections: sectionsOf(q)}
	record, known := g.recordOf(q.GetPatient().GetNhsNumber())
	var res *lhcrv1.GetRecordResponse
	switch {
	case !known:
		res = what.stranger()
	case !born(q.GetPatient().GetNhsNumber(), q.GetPatient().GetDateOfBirth(), record):
		res = what.mistaken(record)
	default:
		res = what.selection(record)
	}
	now := timestamppb.New(g.now())
	for _, o := range res.GetOutcomes() {
		if o.GetRetrievedAt() != nil {
			o.RetrievedAt = now
		}
	}
	g.distort(what, res)
	res.Completeness, res.RequestId, res.AssembledAt = completeness(res.GetOutcomes()), requestID(), now
	return res, nil
}

// question is what a query asks for, with what it leaves open filled in.
type question struct {
	request  *lhcrv1.GetRecordRequest
	regions  []string
	sections []lhcrv1.Section
}

// askable are the regions that can be asked.
func askable() (all []string) {
	for _, r := range fixtures().regions.GetRegions() {
		if r.GetConfigured() && r.GetDisabledReason() == "" && len(r.GetExpandsTo()) == 0 {
			all = append(all, r.GetRegionId())
		}
	}
	return all
}

func regionsOf(selection *lhcrv1.RegionSelection) ([]string, error) {
	all := askable()
	named := selection.GetRegionIds()
	if len(named) == 0 {
		return all, nil
	}
	for _, id := range named {
		if !slices.Contains(all, id) {
			return nil, refuse(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION,
				"regions.region_ids: no region has this id: RegionService.ListRegions lists them")
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(named))), nil
}

func sectionsOf(q *lhcrv1.GetRecordRequest) []lhcrv1.Section {
	if named := q.GetSections(); len(named) > 0 {
		return slices.Compact(slices.Sorted(slices.Values(named)))
	}
	var all []lhcrv1.Section
	values := lhcrv1.Section(0).Descriptor().Values()
	for i := range values.Len() {
		if n := values.Get(i).Number(); n != 0 {
			all = append(all, lhcrv1.Section(n))
		}
	}
	return all
}

// born says whether a date of birth may be the patient's. What either leaves open
// agrees with everything.
func born(number, asked string, record *lhcrv1.GetRecordResponse) bool {
	var known []string
	for _, p := range fixtures().patients {
		if p.NHSNumber == number {
			known = append(known, p.DateOfBirth)
		}
	}
	for _, p := range record.GetRecord().GetPersonDemographics() {
		day, _, _ := strings.Cut(p.GetBirthDate().GetOriginal(), "T")
		known = append(known, day)
	}
	return !slices.ContainsFunc(known, func(day string) bool {
		n := min(len(day), len(asked))
		return day[:n] != asked[:n]
	})
}

// stranger is the answer about a patient whom no region holds.
func (q *question) stranger() *lhcrv1.GetRecordResponse {
	anybody := fixtures().records[fixtures().patients[0].NHSNumber]
	return q.emptied(anybody, func(o *lhcrv1.SectionOutcome) *lhcrv1.SectionOutcome {
		return &lhcrv1.SectionOutcome{Status: notHeld, Message: "no record available", RetrievedAt: timestamppb.Now(), SourceLag: o.GetSourceLag()}
	})
}

// mistaken is the answer about a patient whose date of birth is another. A region
// that does not hold the patient cannot tell.
func (q *question) mistaken(record *lhcrv1.GetRecordResponse) *lhcrv1.GetRecordResponse {
	return q.emptied(record, func(o *lhcrv1.SectionOutcome) *lhcrv1.SectionOutcome {
		if o.GetStatus() == notHeld || o.GetIdentityMismatchReason() == lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER {
			return o
		}
		return &lhcrv1.SectionOutcome{
			Status: mismatch, IdentityMismatchReason: lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_DATE_OF_BIRTH,
			Message: "the region has another date of birth for this NHS number: check both with the patient; nothing of it is shown",
		}
	})
}

// emptied is a selection of which nothing stays but what the regions never give, and
// other outcomes in the place of the rest.
func (q *question) emptied(record *lhcrv1.GetRecordResponse, outcome func(*lhcrv1.SectionOutcome) *lhcrv1.SectionOutcome) *lhcrv1.GetRecordResponse {
	res := q.selection(record)
	res.Record, res.Links, res.Groups, res.Sources = &lhcrv1.Record{}, nil, nil, nil
	for _, r := range res.GetRegions() {
		r.Reported = nil
	}
	for i, o := range res.GetOutcomes() {
		if o.GetStatus() != unsupported {
			res.Outcomes[i] = replaced(o, outcome(o))
		}
	}
	return res
}

// selection is what of a whole record was asked for.
func (q *question) selection(whole *lhcrv1.GetRecordResponse) *lhcrv1.GetRecordResponse {
	res := proto.CloneOf(whole)
	kept := map[[2]string]bool{}
	each(res.GetRecord(), func(item protoreflect.Message) bool {
		region, id, sections := identify(item)
		asked := slices.Contains(q.regions, region) && slices.ContainsFunc(sections, q.asks)
		kept[[2]string{region, id}] = asked
		return asked
	})
	res.Outcomes = keep(res.GetOutcomes(), func(o *lhcrv1.SectionOutcome) bool {
		return slices.Contains(q.regions, o.GetRegionId()) && q.asks(o.GetSection())
	})
	res.Regions = keep(res.GetRegions(), func(r *lhcrv1.RegionReport) bool { return slices.Contains(q.regions, r.GetRegionId()) })
	prune(res, func(region, id string) bool { return kept[[2]string{region, id}] }, q.request.GetIncludeSource())
	return res
}

func (q *question) asks(s lhcrv1.Section) bool { return slices.Contains(q.sections, s) }

// prune takes out what points at items that are not there.
func prune(res *lhcrv1.GetRecordResponse, there func(region, id string) bool, originals bool) {
	res.Links = keep(res.GetLinks(), func(l *lhcrv1.ItemLink) bool {
		return there(l.GetRegionId(), l.GetFromItemId()) && (l.GetToItemId() == "" || there(l.GetRegionId(), l.GetToItemId()))
	})
	res.Sources = keep(res.GetSources(), func(s *lhcrv1.SourceResource) bool {
		return originals && there(s.GetRegionId(), s.GetItemId())
	})
	for _, g := range res.GetGroups() {
		g.Items = keep(g.GetItems(), func(r *lhcrv1.ItemRef) bool { return there(r.GetRegionId(), r.GetItemId()) })
	}
	res.Groups = keep(res.GetGroups(), func(g *lhcrv1.EquivalenceGroup) bool { return len(g.GetItems()) > 1 })
}

func keep[T any](list []T, is func(T) bool) []T {
	return slices.DeleteFunc(list, func(v T) bool { return !is(v) })
}

// each visits every item of a record, and takes out those that are not to stay.
func each(record *lhcrv1.Record, stays func(protoreflect.Message) bool) {
	message := record.ProtoReflect()
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		list := message.Mutable(fields.Get(i)).List()
		n := 0
		for j := range list.Len() {
			if item := list.Get(j); stays(item.Message()) {
				list.Set(n, item)
				n++
			}
		}
		list.Truncate(n)
	}
}

// identify says which item it is, and to which sections it belongs. A course of
// medication has no header.
func identify(item protoreflect.Message) (region, id string, sections []lhcrv1.Section) {
	switch m := item.Interface().(type) {
	case *lhcrv1.MedicationCourse:
		return m.GetRegionId(), m.GetCourseId(), []lhcrv1.Section{lhcrv1.Section_SECTION_MEDICATIONS}
	case sdk.Item:
		h := m.GetHeader()
		return h.GetRegionId(), h.GetItemId(), append([]lhcrv1.Section{h.GetSection()}, h.GetAlsoUnder()...)
	}
	return "", "", nil
}

// bySection orders outcomes as a gateway does.
func bySection(a, b *lhcrv1.SectionOutcome) int {
	return cmp.Or(strings.Compare(a.GetRegionId(), b.GetRegionId()), cmp.Compare(a.GetSection(), b.GetSection()))
}
