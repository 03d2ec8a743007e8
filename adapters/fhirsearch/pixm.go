package fhirsearch

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// crossReferenced asks the region's patient index which records are the patient's (IHE
// PIXm, ITI-83), and gets those. That the index knows nobody of the number is an answer
// without any; that a record which it names does not come is a failure.
func (s *session) crossReferenced(ctx context.Context, what definition.Search, number string) found {
	within, cancel := context.WithTimeout(ctx, s.definition.Limits.SearchTimeout)
	defer cancel()
	targets, failure := s.targets(within, number)
	if failure != nil {
		return found{failure: failure}
	}
	out := s.named(ctx, s.byIDs(what, targets.ids))
	var jobs []job
	for _, id := range without(targets.identifiers, out.pages) {
		jobs = append(jobs, job{search: what, name: "identifier", value: id})
	}
	out.add(s.named(ctx, jobs))
	out.add(found{failure: targets.failure})
	if targets.left+len(without(targets.foreign, out.pages)) > 0 {
		out.add(found{failure: invalid(lhcrv1.GapKind_GAP_KIND_LINKED_RECORD, "the region's patient index says more of this person than the region itself could give")})
	}
	return out
}

// named gets records that the index names. One that does not come is a failure.
func (s *session) named(ctx context.Context, jobs []job) found {
	var out found
	for _, came := range s.run(ctx, jobs) {
		out.add(came)
		if came.matches == 0 && came.failure == nil {
			out.add(found{failure: malformed("the region's patient index names a record that the region does not give")})
		}
	}
	return out
}

// without are the identifiers that no patient of some pages carries.
func without(identifiers []string, pages [][]byte) []string {
	if len(identifiers) == 0 {
		return nil
	}
	b := answer.NewBuilder(answer.Options{})
	for _, page := range pages {
		_ = b.Add(page) // a page that cannot be read is told of by who reads the answer
	}
	left := slices.Clone(identifiers)
	for e := range answer.Each[model.Patient](b.Build()) {
		for _, id := range e.Head().Identifier {
			left = slices.DeleteFunc(left, func(t string) bool { return t == tokenOf(&id) })
		}
	}
	return left
}

// targets are what a patient index says of a person: ids of Patient resources at the
// region's own address, and identifiers of the system that was asked for.
type targets struct {
	ids, identifiers []string
	// foreign are identifiers of other systems, left counts what else leads to nothing here.
	foreign []string
	left    int
	// failure is one that the index tells beside the records that it names.
	failure *Failure
}

// maxTargets bounds how many records an index may name: no person has as many.
const maxTargets = 4 * maxRecords

func (s *session) targets(ctx context.Context, number string) (targets, *Failure) {
	came, failure := s.try(ctx, s.pixQuery(number))
	if failure != nil {
		return targets{}, failure
	}
	if came.status != http.StatusOK {
		return targets{}, s.pixRefusal(came)
	}
	return s.readTargets(came.body)
}

// pixQuery is the query: by GET as the profile has it, or with the number in a Parameters
// body, so that it stands in no URL.
func (s *session) pixQuery(number string) exchange {
	at, system := s.base.JoinPath(patientType, "$ihe-pix"), s.definition.FHIR.PIXm.TargetSystem
	if s.definition.FHIR.PIXm.Method == "get" {
		at.RawQuery = url.Values{"sourceIdentifier": {answer.NHSNumberSystem + "|" + number}, "targetSystem": {system}}.Encode()
		return exchange{method: http.MethodGet, url: at, accept: s.accept()}
	}
	type parameter struct {
		Name       string            `json:"name"`
		Identifier map[string]string `json:"valueIdentifier,omitempty"`
		URI        string            `json:"valueUri,omitempty"`
	}
	body, _ := json.Marshal(map[string]any{"resourceType": "Parameters", "parameter": []parameter{
		{Name: "sourceIdentifier", Identifier: map[string]string{"system": answer.NHSNumberSystem, "value": number}},
		{Name: "targetSystem", URI: system},
	}}) // of strings only, which always can be written
	return exchange{method: http.MethodPost, url: at, body: string(body), kind: fhirJSON, accept: s.accept()}
}

// pixRefusal reads a failure of the index as ITI-83 has them: a source identifier that is
// not found is an answer; a domain that is not known is this deployment's to mend.
func (s *session) pixRefusal(came reply) *Failure {
	outcome, _ := resourceOf(came.body).(*model.OperationOutcome)
	has := func(code string) bool {
		return outcome != nil && slices.ContainsFunc(outcome.Issue, func(i model.Issue) bool { return i.Code == code })
	}
	switch {
	case came.status >= http.StatusInternalServerError:
	case has("code-invalid"):
		return call.Refused("the region's patient index does not know an identifier system that it was asked with: ask the gateway's operator to confirm pixm.target_system with the region")
	case came.status == http.StatusNotFound && has("not-found") && !failsBeside(outcome):
		return nil
	}
	return s.refusal(came)
}

// failsBeside reports an outcome that tells of a failure beside "not found".
func failsBeside(o *model.OperationOutcome) bool {
	return slices.ContainsFunc(o.Issue, func(i model.Issue) bool {
		return i.Code != "not-found" && i.Severity != "information" && i.Severity != "warning" && i.Severity != "success"
	})
}

// readTargets reads the answer of the index. An answer of nothing at all says that it
// knows no record of the person.
func (s *session) readTargets(body []byte) (targets, *Failure) {
	cannot := malformed("the answer of the region's patient index cannot be read")
	payload, err := new(decode.Reader).Read(slices.Clone(body), 0)
	if err != nil || len(payload.Resources) != 1 {
		return targets{}, cannot
	}
	switch r := payload.Resources[0].Resource.(type) {
	case *model.Parameters:
		return s.targetsOf(body, r, len(payload.Problems) > 0)
	case *model.Bundle: // how the profile lets an index answer after a record was taken away
		if len(r.Entry) > 0 || r.NextPage() != "" || r.Unknown || r.Total != "" && r.Total != "0" || len(payload.Problems) > 0 {
			return targets{}, cannot
		}
		return targets{}, nil
	case *model.OperationOutcome:
		return targets{}, failureWithin(body)
	}
	return targets{}, cannot
}

// targetsOf reads the parameters of an answer. Unsure says that a part of it cannot be read.
func (s *session) targetsOf(body []byte, r *model.Parameters, unsure bool) (targets, *Failure) {
	var out targets
	if unsure || r.Unknown {
		out.left++
	}
	for i := range r.Parameter {
		p := &r.Parameter[i]
		if o, ok := p.Resource.Resource.(*model.OperationOutcome); ok {
			if len(o.Issue) == 0 || failsBeside(o) {
				out.failure = failureWithin(body)
			}
			continue
		}
		out.add(s, p)
	}
	switch n := len(out.ids) + len(out.identifiers); {
	case n == 0 && out.failure != nil:
		return targets{}, out.failure
	case n == 0 && (len(r.Parameter) > 0 || out.left > 0):
		return targets{}, malformed("the region's patient index names no record that the region itself could give")
	case n+len(out.foreign) > maxTargets:
		return targets{}, malformed("the region's patient index names more records than one person has")
	}
	return out, nil
}

// failureWithin is a failure that came as a success, by its first issue that is one.
func failureWithin(body []byte) *Failure {
	kind, retryable := lhcrv1.GapKind_GAP_KIND_MALFORMED, true
	if read, err := answer.Read(body, answer.Options{}); err == nil && len(read.Gaps()) > 0 {
		kind, retryable = read.Gaps()[0].Kind, read.Gaps()[0].Retryable
	}
	f := invalid(kind, "the region's patient index says that it failed")
	switch kind {
	case lhcrv1.GapKind_GAP_KIND_WITHHELD:
		f = call.Withheld("the region's patient index withholds its answer")
	case lhcrv1.GapKind_GAP_KIND_REFUSED:
		f = call.Refused("the region's patient index refused us")
	default:
	}
	f.Retryable = retryable
	return f
}

func (t *targets) add(s *session, p *model.Parameter) {
	switch strings.ToLower(strings.TrimSpace(p.Name)) {
	case "targetid":
		if id := s.recordID(model.Of[model.Reference](p.Value)); id == "" {
			t.left++
		} else if !slices.Contains(t.ids, id) {
			t.ids = append(t.ids, id)
		}
	case "targetidentifier":
		t.identify(s, model.Of[model.Identifier](p.Value))
	case "sourceidentifier", "targetsystem": // what was asked, said again
	default:
		t.left++
	}
}

func (t *targets) identify(s *session, id *model.Identifier) {
	switch {
	case id == nil || id.Value == "":
		t.left++
	case id.System != s.definition.FHIR.PIXm.TargetSystem:
		t.foreign = append(t.foreign, tokenOf(id))
	case !slices.Contains(t.identifiers, tokenOf(id)):
		t.identifiers = append(t.identifiers, tokenOf(id))
	}
}

// tokenOf is an identifier as a search has it.
func tokenOf(id *model.Identifier) string { return id.System + "|" + escaped(id.Value) }

// recordID is the id of a Patient at the region's own address. Empty for any other.
func (s *session) recordID(r *model.Reference) string {
	t := r.Target()
	own := t.Form == model.FormRelative || t.Form == model.FormAbsolute && strings.TrimSuffix(t.Base, "/") == s.base.String()
	if !own || t.Type != patientType {
		return ""
	}
	return t.ID
}

// escaped writes a value for a search by token (FHIR search, section "Escaping").
func escaped(value string) string {
	return strings.NewReplacer(`\`, `\\`, "$", `\$`, ",", `\,`, "|", `\|`).Replace(value)
}
