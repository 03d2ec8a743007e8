package ods

import (
	"slices"
	"strings"
	"unicode"
)

// column is what a column of a report holds.
type column int

const (
	ofCode column = iota
	ofName
	ofGeography
	ofBoard
	ofClosing
	ofStatus
	ofParent
	ofLeaving
)

// columns say where each column stands, from 0, and how many a row must have.
type columns struct {
	at     map[column]int
	needed int
}

// in is what a row has in a column. Nothing where there is no such column.
func (c columns) in(row []string, want column) string {
	if at, ok := c.at[want]; ok && at < len(row) {
		return row[at]
	}
	return ""
}

// columnsOf are the columns of a file by its first row: those that it names, or those of
// the reports without a header.
func columnsOf(first []string) (c columns, header bool) {
	if at := titled(first); len(at) > 0 {
		return columns{at: at, needed: at[ofCode] + 1}, true
	}
	// Organisation code, name, national grouping, high level health geography, five lines
	// of address, postcode, opened, closed, status, type, parent, joined, left the parent …
	return columns{needed: 4, at: map[column]int{
		ofCode: 0, ofName: 1, ofGeography: 3, ofClosing: 11, ofStatus: 12, ofParent: 14, ofLeaving: 16,
	}}, false
}

// titles are the names by which reports call their columns, in lower case and without
// what stands between the words. Of two that are there the earlier counts.
var titles = [...]struct {
	column column
	names  []string
}{
	{ofCode, []string{"odscode", "organisationcode", "organizationcode", "orgcode", "contractorcode", "practiceodscode", "code"}},
	{ofName, []string{"tradingname", "organisationname", "organizationname", "contractorname", "practicename", "orgname", "name"}},
	{ofBoard, []string{"icbcode", "icbodscode", "integratedcareboardcode", "integratedcareboard"}},
	{ofGeography, []string{"highlevelhealthgeography", "highlevelhealthgeographycode", "hlhg"}},
	{ofClosing, []string{"closedate", "closingdate", "operationalend", "operationalenddate", "enddate"}},
	{ofStatus, []string{"statuscode", "status", "organisationstatus"}},
	{ofParent, []string{"commissioner", "commissionercode", "subicblocationcode", "parentorganisationcode"}},
	{ofLeaving, []string{"leftproviderpurchaserdate", "leftparentdate"}},
}

// titled are the columns of a row of titles. None where no title is that of a code: then it is no such row.
func titled(row []string) map[column]int {
	keys := make([]string, len(row))
	for i, title := range row {
		keys[i] = letters(title)
	}
	at := map[column]int{}
	for _, t := range titles {
		for _, title := range slices.Backward(t.names) {
			if i := slices.Index(keys, title); i >= 0 {
				at[t.column] = i
			}
		}
	}
	if _, ok := at[ofCode]; !ok {
		return nil
	}
	return at
}

// letters are the letters and digits of a title, in lower case.
func letters(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}
