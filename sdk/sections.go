package sdk

import lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"

// PersonDemographics is the section of person demographics. One for each source.
func (r *Record) PersonDemographics() Section[*lhcrv1.Person] {
	return sectionOf(r, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, r.answer.GetRecord().GetPersonDemographics())
}

// GPPractice is the section of the GP practice.
func (r *Record) GPPractice() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_GP_PRACTICE, r.answer.GetRecord().GetGpPractice())
}

// PersonalContacts is the section of personal contacts.
func (r *Record) PersonalContacts() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_PERSONAL_CONTACTS, r.answer.GetRecord().GetPersonalContacts())
}

// ProfessionalContacts is the section of professional contacts.
func (r *Record) ProfessionalContacts() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_PROFESSIONAL_CONTACTS, r.answer.GetRecord().GetProfessionalContacts())
}

// AboutMe is the section of what the person wants others to know.
func (r *Record) AboutMe() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_ABOUT_ME, r.answer.GetRecord().GetAboutMe())
}

// IndividualRequirements is the section of individual requirements.
func (r *Record) IndividualRequirements() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_INDIVIDUAL_REQUIREMENTS, r.answer.GetRecord().GetIndividualRequirements())
}

// Alerts is the section of alerts.
func (r *Record) Alerts() Section[*lhcrv1.Alert] {
	return sectionOf(r, lhcrv1.Section_SECTION_ALERTS, r.answer.GetRecord().GetAlerts())
}

// Allergies is the section of allergies. Assertions that there is none are items too.
func (r *Record) Allergies() Section[*lhcrv1.Allergy] {
	return sectionOf(r, lhcrv1.Section_SECTION_ALLERGIES, r.answer.GetRecord().GetAllergies())
}

// Medications is the section of medications. One for each source object.
func (r *Record) Medications() Section[*lhcrv1.Medication] {
	return sectionOf(r, lhcrv1.Section_SECTION_MEDICATIONS, r.answer.GetRecord().GetMedications())
}

// Vaccinations is the section of vaccinations.
func (r *Record) Vaccinations() Section[*lhcrv1.Immunisation] {
	return sectionOf(r, lhcrv1.Section_SECTION_VACCINATIONS, r.answer.GetRecord().GetVaccinations())
}

// Problems is the section of problems.
func (r *Record) Problems() Section[*lhcrv1.Problem] {
	return sectionOf(r, lhcrv1.Section_SECTION_PROBLEMS, r.answer.GetRecord().GetProblems())
}

// Procedures is the section of procedures.
func (r *Record) Procedures() Section[*lhcrv1.Procedure] {
	return sectionOf(r, lhcrv1.Section_SECTION_PROCEDURES, r.answer.GetRecord().GetProcedures())
}

// InvestigationResults is the section of investigation results. Results, groups and comments.
func (r *Record) InvestigationResults() Section[*lhcrv1.InvestigationResult] {
	return sectionOf(r, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, r.answer.GetRecord().GetInvestigationResults())
}

// InvestigationsRequested is the section of investigations requested.
func (r *Record) InvestigationsRequested() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_INVESTIGATIONS_REQUESTED, r.answer.GetRecord().GetInvestigationsRequested())
}

// ExaminationFindings is the section of examination findings.
func (r *Record) ExaminationFindings() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, r.answer.GetRecord().GetExaminationFindings())
}

// Assessments is the section of assessments.
func (r *Record) Assessments() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_ASSESSMENTS, r.answer.GetRecord().GetAssessments())
}

// Risks is the section of risks.
func (r *Record) Risks() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_RISKS, r.answer.GetRecord().GetRisks())
}

// Safeguarding is the section of safeguarding.
func (r *Record) Safeguarding() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_SAFEGUARDING, r.answer.GetRecord().GetSafeguarding())
}

// LegalInformation is the section of legal information.
func (r *Record) LegalInformation() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_LEGAL_INFORMATION, r.answer.GetRecord().GetLegalInformation())
}

// FamilyHistory is the section of family history.
func (r *Record) FamilyHistory() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_FAMILY_HISTORY, r.answer.GetRecord().GetFamilyHistory())
}

// SocialContext is the section of social context.
func (r *Record) SocialContext() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_SOCIAL_CONTEXT, r.answer.GetRecord().GetSocialContext())
}

// CareAndSupportPlans is the section of care and support plans.
func (r *Record) CareAndSupportPlans() Section[*lhcrv1.CarePlan] {
	return sectionOf(r, lhcrv1.Section_SECTION_CARE_AND_SUPPORT_PLAN, r.answer.GetRecord().GetCareAndSupportPlans())
}

// AdditionalSupportingPlans is the section of additional supporting plans.
func (r *Record) AdditionalSupportingPlans() Section[*lhcrv1.CarePlan] {
	return sectionOf(r, lhcrv1.Section_SECTION_ADDITIONAL_SUPPORTING_PLANS, r.answer.GetRecord().GetAdditionalSupportingPlans())
}

// ContingencyPlans is the section of contingency plans.
func (r *Record) ContingencyPlans() Section[*lhcrv1.CarePlan] {
	return sectionOf(r, lhcrv1.Section_SECTION_CONTINGENCY_PLANS, r.answer.GetRecord().GetContingencyPlans())
}

// EndOfLifeCare is the section of end of life care.
func (r *Record) EndOfLifeCare() Section[*lhcrv1.CarePlan] {
	return sectionOf(r, lhcrv1.Section_SECTION_END_OF_LIFE_CARE, r.answer.GetRecord().GetEndOfLifeCare())
}

// ReferralDetails is the section of referral details.
func (r *Record) ReferralDetails() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_REFERRAL_DETAILS, r.answer.GetRecord().GetReferralDetails())
}

// ContactsWithProfessionals is the section of contacts with professionals.
func (r *Record) ContactsWithProfessionals() Section[*lhcrv1.Encounter] {
	return sectionOf(r, lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS, r.answer.GetRecord().GetContactsWithProfessionals())
}

// AdmissionDetails is the section of admission details.
func (r *Record) AdmissionDetails() Section[*lhcrv1.Encounter] {
	return sectionOf(r, lhcrv1.Section_SECTION_ADMISSION_DETAILS, r.answer.GetRecord().GetAdmissionDetails())
}

// DischargeDetails is the section of discharge details.
func (r *Record) DischargeDetails() Section[*lhcrv1.Encounter] {
	return sectionOf(r, lhcrv1.Section_SECTION_DISCHARGE_DETAILS, r.answer.GetRecord().GetDischargeDetails())
}

// FutureAppointments is the section of future appointments.
func (r *Record) FutureAppointments() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_FUTURE_APPOINTMENTS, r.answer.GetRecord().GetFutureAppointments())
}

// ServicesAndCare is the section of services and care.
func (r *Record) ServicesAndCare() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_SERVICES_AND_CARE, r.answer.GetRecord().GetServicesAndCare())
}

// PlanAndRequestedActions is the section of plan and requested actions.
func (r *Record) PlanAndRequestedActions() Section[*lhcrv1.Recall] {
	return sectionOf(r, lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS, r.answer.GetRecord().GetPlanAndRequestedActions())
}

// Goals is the section of goals.
func (r *Record) Goals() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_GOALS, r.answer.GetRecord().GetGoals())
}

// Formulation is the section of formulation.
func (r *Record) Formulation() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_FORMULATION, r.answer.GetRecord().GetFormulation())
}

// PregnancyStatus is the section of pregnancy status.
func (r *Record) PregnancyStatus() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_PREGNANCY_STATUS, r.answer.GetRecord().GetPregnancyStatus())
}

// ParticipationInResearch is the section of participation in research.
func (r *Record) ParticipationInResearch() Section[*lhcrv1.Statement] {
	return sectionOf(r, lhcrv1.Section_SECTION_PARTICIPATION_IN_RESEARCH, r.answer.GetRecord().GetParticipationInResearch())
}

// Documents is the section of documents.
func (r *Record) Documents() Section[*lhcrv1.Document] {
	return sectionOf(r, lhcrv1.Section_SECTION_DOCUMENTS, r.answer.GetRecord().GetDocuments())
}

// ClinicalNotes is the section of clinical notes.
func (r *Record) ClinicalNotes() Section[*lhcrv1.ClinicalNote] {
	return sectionOf(r, lhcrv1.Section_SECTION_CLINICAL_NOTES, r.answer.GetRecord().GetClinicalNotes())
}
