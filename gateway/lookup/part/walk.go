package part

import (
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// HasItems says whether a record holds anything.
func HasItems(r *lhcrv1.Record) bool {
	found := false
	walk(r, func(protowire.Number, int, proto.Message) { found = true })
	return found
}

// visitor takes one item: the field in which it stands, and its place there.
type visitor func(field protowire.Number, place int, item proto.Message)

// each is kept out of walk: forty loops inlined there would make the frame outgrow
// the stack with which a region's goroutine starts.
//
//go:noinline
func each[M proto.Message](visit visitor, field protowire.Number, items []M) {
	for place, item := range items {
		visit(field, place, item)
	}
}

// walk goes through every field of a record, by number. Reflection would find the
// same fields at several times the cost; a test keeps the list whole.
func walk(r *lhcrv1.Record, visit visitor) {
	each(visit, 1, r.GetPersonDemographics())
	each(visit, 2, r.GetGpPractice())
	each(visit, 3, r.GetPersonalContacts())
	each(visit, 4, r.GetProfessionalContacts())
	each(visit, 5, r.GetAboutMe())
	each(visit, 6, r.GetIndividualRequirements())
	each(visit, 7, r.GetAlerts())
	each(visit, 8, r.GetAllergies())
	each(visit, 9, r.GetMedications())
	each(visit, 10, r.GetVaccinations())
	each(visit, 11, r.GetProblems())
	each(visit, 12, r.GetProcedures())
	each(visit, 13, r.GetInvestigationResults())
	each(visit, 14, r.GetInvestigationsRequested())
	each(visit, 15, r.GetExaminationFindings())
	each(visit, 16, r.GetAssessments())
	each(visit, 17, r.GetRisks())
	each(visit, 18, r.GetSafeguarding())
	each(visit, 19, r.GetLegalInformation())
	each(visit, 20, r.GetFamilyHistory())
	each(visit, 21, r.GetSocialContext())
	each(visit, 22, r.GetCareAndSupportPlans())
	each(visit, 23, r.GetAdditionalSupportingPlans())
	each(visit, 24, r.GetContingencyPlans())
	each(visit, 25, r.GetEndOfLifeCare())
	each(visit, 26, r.GetReferralDetails())
	each(visit, 27, r.GetContactsWithProfessionals())
	each(visit, 28, r.GetAdmissionDetails())
	each(visit, 29, r.GetDischargeDetails())
	each(visit, 30, r.GetFutureAppointments())
	each(visit, 31, r.GetServicesAndCare())
	each(visit, 32, r.GetPlanAndRequestedActions())
	each(visit, 33, r.GetGoals())
	each(visit, 34, r.GetFormulation())
	each(visit, 35, r.GetPregnancyStatus())
	each(visit, 36, r.GetParticipationInResearch())
	each(visit, 37, r.GetDocuments())
	each(visit, 38, r.GetClinicalNotes())
	each(visit, 101, r.GetMedicationCourses())
	each(visit, 102, r.GetInvestigationReports())
}
