package fhirsearch

import (
	"regexp"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
)

// refusal is what an OperationOutcome beside an error status says that may be passed on.
// Its words may not: they name patients and addresses.
type refusal struct {
	code      string // of FHIR's issue types, empty when it is none of them
	requestID string
}

const requestIDSystem = "https://yhcr.nhs.uk/RequestId"

var requestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func readRefusal(body []byte) refusal {
	var outcome struct {
		Meta struct {
			Tag []struct {
				System string `json:"system"`
				Code   string `json:"code"`
			} `json:"tag"`
		} `json:"meta"`
		Issue []struct {
			Code string `json:"code"`
		} `json:"issue"`
	}
	text, _ := decode.AsJSON(body, maxRefusal)
	_ = json.Unmarshal(text, &outcome, lenient()) // an error page is no OperationOutcome
	var out refusal
	if len(outcome.Issue) > 0 && slices.Contains(issueTypes(), outcome.Issue[0].Code) {
		out.code = outcome.Issue[0].Code
	}
	for _, tag := range outcome.Meta.Tag {
		if tag.System == requestIDSystem && requestID.MatchString(tag.Code) {
			out.requestID = adapters.Scrub(tag.Code)
		}
	}
	return out
}

// issueTypes are FHIR's issue types, those of STU3 and R4 together.
// Source: hl7.org/fhir/R4/valueset-issue-type.html
func issueTypes() []string {
	return []string{
		"invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden",
		"suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long",
		"code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient", "lock-error", "no-store",
		"exception", "timeout", "incomplete", "throttled", "informational",
	}
}
