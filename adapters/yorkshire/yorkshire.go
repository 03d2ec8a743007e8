// Package yorkshire is the adapter of the Yorkshire & Humber Care Record: FHIR STU3 through
// the Interweave exchange, over mutual TLS with a token that names the originating user.
//
// Every search names the patient by NHS number, so there is no separate Locate: the exchange
// would ask each of its providers twice. The asynchronous bulk form is left out, because how
// it is called on the wire is not published; region.yaml says so.
//
// A deployment sets under codes what onboarding gave it: "reason.direct-care",
// "reason.emergency-override", "role.<role code>" for each role that may ask, and
// "token.subject" where the subject is not the client id. Codes are never guessed: a call
// whose code is missing is refused.
package yorkshire

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// ID is the region's id.
const ID = "yorkshire"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry { return fhirsearch.Entry(source, fhirsearch.Adapter) }
