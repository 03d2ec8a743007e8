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
	jobs := s.byIDs(what, targets.ids)
	if len(jobs) == 0 {
		for _, id := range targets.identifiers {
			jobs = append(jobs, job{search: what, name: "identifier", value: id})
		}
	}
	var out found
	for _, came := range s.run(ctx, jobs) {
		out.add(came)
		if came.matches == 0 && came.failure == nil {
			out.add(found{failure: malformed("the region's patient index names a record that the region does not give")})
		}
	}
	return out
}

// targets are what a patient index says of a person: ids of Patient resources at the
// region's own address, and identifiers of the system that was asked for.
type targets struct {
	ids, identifiers []string
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
	case came.status == http.StatusNotFound && has("not-found"):
		return nil
	}
	return s.refusal(came)
}

// readTargets reads the answer of the index. An answer of nothing at all says that it
// knows no record of the person.
func (s *session) readTargets(body []byte) (targets, *Failure) {
	var parameters []model.Parameter
	switch r := resourceOf(body).(type) {
	case *model.Parameters:
		parameters = r.Parameter
	case *model.Bundle: // how the profile lets an index answer after a record was taken away
		if len(r.Entry) > 0 {
			return targets{}, malformed("the answer of the region's patient index cannot be read")
		}
	case *model.OperationOutcome:
		return targets{}, failureWithin(body)
	default:
		return targets{}, malformed("the answer of the region's patient index cannot be read")
	}
	var out targets
	for i := range parameters {
		out.add(s, &parameters[i])
	}
	switch n := len(out.ids) + len(out.identifiers); {
	case n == 0 && len(parameters) > 0:
		return targets{}, malformed("the region's patient index names no record that the region itself could give")
	case n > maxTargets:
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
	switch p.Name {
	case "targetId":
		if id := s.recordID(model.Of[model.Reference](p.Value)); id != "" && !slices.Contains(t.ids, id) {
			t.ids = append(t.ids, id)
		}
	case "targetIdentifier":
		id := model.Of[model.Identifier](p.Value)
		if id == nil || id.Value == "" || id.System != s.definition.FHIR.PIXm.TargetSystem {
			return
		}
		if token := id.System + "|" + escaped(id.Value); !slices.Contains(t.identifiers, token) {
			t.identifiers = append(t.identifiers, token)
		}
	}
}

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
