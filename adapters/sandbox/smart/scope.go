package smart

import (
	"net/http"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirapi"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
)

// withinScope refuses a call for a resource type outside the registered scope: "system/*.read" (version 1 of SMART) and
// "system/*.rs" (version 2) are every type, "system/Patient.rs" is one.
func (i Instance) withinScope(r *http.Request) *fhirserver.Refusal {
	typ, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, basePath+"/"), "/")
	if typ == "" || typ[0] < 'A' || typ[0] > 'Z' { // no resource type: metadata, page
		return nil
	}
	for _, scope := range strings.Fields(i.Scope) {
		name, _, _ := strings.Cut(strings.TrimPrefix(scope, "system/"), ".")
		if name == "*" || name == typ {
			return nil
		}
	}
	return fhirapi.Refusal(http.StatusForbidden, "forbidden", typ+" is outside the scope "+i.Scope)
}
