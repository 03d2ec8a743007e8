package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// encompassing makes the encounter in which a document was written: the admission of a discharge summary.
func (r *reader) encompassing(s *statement) *model.Reference {
	e := s.one("componentOf").Child("encompassingEncounter")
	if e == nil {
		return nil
	}
	in := r.newStatement(e, scope{})
	out := &model.Encounter{Period: periodOf(in.one("effectiveTime"))}
	in.encounterCode(out)
	in.disposition(out)
	for _, p := range append(in.all("encounterParticipant"), in.all("responsibleParty")...) {
		if who := r.actorOf(p); who != nil {
			out.Participant = append(out.Participant, model.Participant{Agent: model.Agent{Actor: who}, Type: participation(p)})
		}
	}
	facility := in.one("location").Child("healthCareFacility")
	if place := r.location(facility); place != nil {
		out.Location = append(out.Location, model.Stay{Location: place})
	}
	out.Provider = r.organisation(facility.Child("serviceProviderOrganization"))
	return in.finish("Encounter", out)
}
