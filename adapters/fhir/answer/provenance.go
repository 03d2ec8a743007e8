package answer

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// Provenance is where a regional exchange says that a resource came from.
type Provenance struct {
	ODSCode   string // the provider organisation
	Name      string
	System    string // the provider's system
	RequestID string // the exchange's id of the failed request
}

// Provenance reads the tags that Interweave puts on every resource. Its STU3
// tags stand under the yhcr.nhs.uk namespace, its R4 tags under that of
// fhir.interweavedigital.nhs.uk; the last part of the system tells.
func (e *Entry) Provenance() Provenance {
	var p Provenance
	meta := e.Head().Meta
	if meta == nil {
		return p
	}
	for i := range meta.Tag {
		p.read(&meta.Tag[i])
	}
	return p
}

func (p *Provenance) read(tag *model.Coding) {
	if !strings.Contains(tag.System, "yhcr.nhs.uk/") && !strings.Contains(tag.System, "interweavedigital.nhs.uk/") {
		return
	}
	switch tag.System[strings.LastIndexByte(tag.System, '/')+1:] {
	case "Provenance":
		p.ODSCode, p.Name = tag.Code, tag.Display
	case "Source":
		p.System = tag.Code
	case "RequestId":
		p.RequestID = tag.Code
	}
}
