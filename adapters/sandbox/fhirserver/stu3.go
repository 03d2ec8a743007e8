package fhirserver

// STU3 is FHIR 3.0.1 with the standard's own search parameters for the types that a regional exchange profiles.
// There is no Immunization and no List: the exchange has no profile for either.
// Source: hl7.org/fhir/STU3/searchparameter-registry.html
func STU3() Dialect {
	return Dialect{FHIRVersion: "3.0.1", DefaultCount: 100, MaxCount: 1000, FiveLinks: true, Types: joined(
		medicinesSTU3(), historySTU3(), resultsSTU3(), contactsSTU3(), supportingR4(),
	)}
}

func medicinesSTU3() map[string]TypeRules {
	return map[string]TypeRules{
		"MedicationRequest": clinical("subject", params{
			"medication": ref("medicationReference"), "intent": token("intent"), "authoredon": date("authoredOn"),
			"requester": ref("requester.agent"), "context": ref("context"), "category": token("category"),
		}),
		"MedicationStatement": clinical("subject", params{
			"medication": ref("medicationReference"), "effective": date("effectiveDateTime", "effectivePeriod"),
			"source": ref("informationSource"), "context": ref("context"), "category": token("category"),
		}),
		"MedicationAdministration": clinical("subject", params{
			"medication": ref("medicationReference"), "effective-time": date("effectiveDateTime", "effectivePeriod"),
			"context": ref("context"),
		}),
		"AllergyIntolerance": clinical("patient", params{
			"clinical-status": token("clinicalStatus"), "verification-status": token("verificationStatus"),
			"category": token("category"), "code": token("code"), "date": date("assertedDate"),
			"recorder": ref("recorder"), "asserter": ref("asserter"),
		}),
	}
}

func historySTU3() map[string]TypeRules {
	return map[string]TypeRules{
		"Condition": clinical("subject", params{
			"clinical-status": token("clinicalStatus"), "category": token("category"), "code": token("code"),
			"onset-date": date("onsetDateTime", "onsetPeriod"), "asserted-date": date("assertedDate"),
			"context": ref("context"), "encounter": ref("context"), "asserter": ref("asserter"),
		}),
		"Procedure": clinical("subject", params{
			"date": date("performedDateTime", "performedPeriod"), "category": token("category"), "code": token("code"),
			"performer": ref("performer.actor"), "context": ref("context"), "encounter": ref("context"),
		}),
		"Flag": clinical("subject", params{"date": date("period"), "author": ref("author")}),
		"CarePlan": clinical("subject", params{
			"date": date("period"), "category": token("category"), "intent": token("intent"), "context": ref("context"),
		}),
		"QuestionnaireResponse": clinical("subject", params{"authored": date("authored"), "context": ref("context")}),
		"RelatedPerson":         clinical("patient", nil),
		"ReferralRequest": clinical("subject", params{
			"authored-on": date("authoredOn"), "requester": ref("requester.agent"), "type": token("type"),
		}),
	}
}

func resultsSTU3() map[string]TypeRules {
	return map[string]TypeRules{
		"Observation": clinical("subject", params{
			"date": date("effectiveDateTime", "effectivePeriod"), "code": token("code"), "category": token("category"),
			"performer": ref("performer"), "context": ref("context"), "encounter": ref("context"),
			"related-target": ref("related.target"), "specimen": ref("specimen"),
		}),
		"DiagnosticReport": clinical("subject", params{
			"date": date("effectiveDateTime", "effectivePeriod"), "issued": date("issued"), "code": token("code"),
			"category": token("category"), "result": ref("result"), "specimen": ref("specimen"),
			"performer": ref("performer.actor"), "context": ref("context"),
		}),
		"DocumentReference": clinical("subject", params{
			"indexed": date("indexed"), "created": date("created"), "period": date("context.period"),
			"type": token("type"), "class": token("class"), "author": ref("author"), "custodian": ref("custodian"),
			"encounter": ref("context.encounter"),
		}),
	}
}

func contactsSTU3() map[string]TypeRules {
	return map[string]TypeRules{
		"Encounter": clinical("subject", params{
			"date": date("period"), "class": token("class"), "type": token("type"),
			"participant": ref("participant.individual"), "location": ref("location.location"),
			"service-provider": ref("serviceProvider"), "diagnosis": ref("diagnosis.condition"),
		}),
		"EpisodeOfCare": clinical("patient", params{"date": date("period"), "type": token("type")}),
		"Appointment":   clinical("participant.actor", params{"date": date("start")}),
	}
}
