package directory

import "strings"

// boardCodes maps the name of each integrated care board to its ODS code.
func boardCodes() map[string]string {
	codes := map[string]string{}
	for line := range strings.Lines(integratedCareBoards) {
		if code, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			codes[boardKey(name)] = code
		}
	}
	return codes
}

// boardNameOf is the name of one of them, in full. Empty for any other code.
func boardNameOf(code string) string {
	if len(code) != 3 {
		return ""
	}
	_, after, found := strings.Cut(integratedCareBoards, "\n\t"+code+" ")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(after, "\n")
	return "NHS " + name + " Integrated Care Board"
}

// integratedCareBoards are the 42 boards that the Health and Care Act 2022 set up,
// with their ODS codes: public data of the Organisation Data Service. They only
// help to find a board by its name; which boards a region serves, its definition
// says, and a board that has merged since is found by its code.
const integratedCareBoards = `
	QE1 Lancashire and South Cumbria
	QF7 South Yorkshire
	QGH Herefordshire and Worcestershire
	QH8 Mid and South Essex
	QHG Bedfordshire, Luton and Milton Keynes
	QHL Birmingham and Solihull
	QHM North East and North Cumbria
	QJ2 Derby and Derbyshire
	QJG Suffolk and North East Essex
	QJK Devon
	QJM Lincolnshire
	QK1 Leicester, Leicestershire and Rutland
	QKK South East London
	QKS Kent and Medway
	QM7 Hertfordshire and West Essex
	QMF North East London
	QMJ North Central London
	QMM Norfolk and Waveney
	QNC Staffordshire and Stoke-on-Trent
	QNQ Frimley
	QNX Sussex
	QOC Shropshire, Telford and Wrekin
	QOP Greater Manchester
	QOQ Humber and North Yorkshire
	QOX Bath and North East Somerset, Swindon and Wiltshire
	QPM Northamptonshire
	QR1 Gloucestershire
	QRL Hampshire and Isle of Wight
	QRV North West London
	QSL Somerset
	QT1 Nottingham and Nottinghamshire
	QT6 Cornwall and the Isles of Scilly
	QU9 Buckinghamshire, Oxfordshire and Berkshire West
	QUA Black Country
	QUE Cambridgeshire and Peterborough
	QUY Bristol, North Somerset and South Gloucestershire
	QVV Dorset
	QWE South West London
	QWO West Yorkshire
	QWU Coventry and Warwickshire
	QXU Surrey Heartlands
	QYG Cheshire and Merseyside
`
