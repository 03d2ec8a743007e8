package documents

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"text/template"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)

// Series is a row of like documents made from a seed: the same seed gives the same bytes.
type Series struct {
	Seed  uint64 `yaml:"seed"`
	Count int    `yaml:"count"`
	// UniqueID is the OID under which the documents are numbered.
	UniqueID string `yaml:"unique_id"`
	Author   Author `yaml:"author"`
	// First is the day of the first one, YYYY-MM-DD. The rest follow every two to eight weeks.
	First string `yaml:"first"`
	// FirstSays is an allergy that the first, oldest document alone names: a SNOMED code and its words.
	FirstSays Code `yaml:"first_says"`
}

// visit is what one letter of a series says.
type visit struct {
	Patient        patients.Patient
	Given, Family  string
	UniqueID, Name string
	Day, Instant   string
	BirthDay       string
	INR            string
	Dose           int
	Author         Author
	Allergy        *Code
}

func (s *Series) documents(p patients.Patient) []Document {
	chance := rand.New(rand.NewPCG(s.Seed, s.Seed))
	letter := template.Must(template.New("letter").Parse(anticoagulation))
	day, err := time.Parse(time.DateOnly, s.First)
	if err != nil {
		panic("documents: a series begins on no day: " + err.Error())
	}
	documents := make([]Document, 0, s.Count)
	for i := range s.Count {
		v := s.visit(p, i, day, chance)
		var content bytes.Buffer
		if err := letter.Execute(&content, v); err != nil {
			panic("documents: the letter of a series: " + err.Error())
		}
		documents = append(documents, Document{
			Name: v.Name, UniqueID: v.UniqueID, Title: "Anticoagulation clinic letter " + day.Format(time.DateOnly),
			Kind: "clinic-letter", Created: day.Format("20060102150405"), Author: s.Author, Content: content.Bytes(),
		})
		day = day.AddDate(0, 0, 14+chance.IntN(42))
	}
	return documents
}

func (s *Series) visit(p patients.Patient, i int, day time.Time, chance *rand.Rand) visit {
	given, family := names(p)
	v := visit{
		Patient: p, Given: given, Family: family, Name: fmt.Sprintf("letter-%02d", i+1),
		UniqueID: fmt.Sprintf("%s.%d", s.UniqueID, i+1), Day: day.Format("20060102"),
		Instant: day.Format("20060102150405") + "+0000", BirthDay: digits(p.DateOfBirth),
		INR: fmt.Sprintf("%.1f", 1.8+1.6*chance.Float64()), Dose: 3 + chance.IntN(4), Author: s.Author,
	}
	if i == 0 && s.FirstSays.Code != "" {
		v.Allergy = &s.FirstSays
	}
	return v
}
