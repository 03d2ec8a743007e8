package fhirserver

// CareCentric is FHIR 3.0.1 with the search parameters that Graphnet's public specification names, and no others: no
// search includes anything. A MedicationRequest must be searched by its intent.
// Source: Graphnet-Health/fhir-api-specs, docs/api
func CareCentric(onlyXML bool) Dialect {
	return Dialect{
		FHIRVersion: "3.0.1", DefaultCount: 20, MaxCount: 20, XML: true, OnlyXML: onlyXML, Linked: "getAllLinkedPatients",
		Newest: true, Types: joined(medicinesCareCentric(), historyCareCentric(), contactsCareCentric()),
	}
}

// documented makes the rules of a type from the parameters that every page of the specification has, and its own.
func documented(own params) TypeRules {
	return TypeRules{NeedsPatient: true, Params: joinParams(params{
		"_id": token("id"), "_lastUpdated": date("meta.lastUpdated"), "identifier": token("identifier"),
		"patient": ref("subject", "patient"),
	}, own)}
}

func joinParams(sets ...params) params {
	all := params{}
	for _, set := range sets {
		for name, param := range set {
			all[name] = param
		}
	}
	return all
}

func medicinesCareCentric() map[string]TypeRules {
	requests := documented(params{
		"code": token("contained.code"), "authoredon": date("authoredOn"), "intent": token("intent"), "status": token("status"),
		"prescription-type": token("extension.valueCodeableConcept"),
	})
	requests.Needs = "intent"
	return map[string]TypeRules{
		"MedicationRequest": requests,
		"MedicationStatement": documented(params{
			"code": token("contained.code"), "effective": date("effectiveDateTime", "effectivePeriod"), "status": token("status"),
			"category": token("category"),
		}),
		"AllergyIntolerance": documented(params{"code": token("code"), "date": date("assertedDate")}),
		"Immunization": documented(params{
			"vaccine-code": token("vaccineCode"), "date": date("date"), "status": token("status"), "notgiven": token("notGiven"),
		}),
	}
}

func historyCareCentric() map[string]TypeRules {
	return map[string]TypeRules{
		"Condition": documented(params{
			"code": token("code"), "onset-date": date("onsetDateTime", "onsetPeriod"), "asserted-date": date("assertedDate"),
			"category": token("category"), "clinical-status": token("clinicalStatus"),
		}),
		"Procedure": documented(params{
			"code": token("code"), "date": date("performedDateTime", "performedPeriod"), "category": token("category"),
			"status": token("status"),
		}),
		"FamilyMemberHistory": documented(params{"code": token("condition.code"), "date": date("date"), "status": token("status")}),
		"Flag": documented(params{
			"code": token("code"), "category": token("category"), "date": date("period"),
		}),
	}
}

func contactsCareCentric() map[string]TypeRules {
	patient := documented(params{"gender": token("gender"), "birthdate": date("birthDate")})
	delete(patient.Params, "patient")
	return map[string]TypeRules{
		"Patient": patient,
		"Observation": documented(params{
			"code": token("code"), "date": date("effectiveDateTime", "effectivePeriod"), "category": token("category"),
			"status": token("status"), "encounter": ref("context"),
		}),
		"Encounter":             documented(params{"date": date("period"), "status": token("status")}),
		"QuestionnaireResponse": documented(params{"authored": date("authored"), "status": token("status")}),
	}
}
