package system

import "github.com/openlhcr/openlhcr/adapters/sandbox/patients"

// Opener opens a further system of a region on the region's own System: one authority, one set of faults and counts. It
// gives what a deployment must know to reach it.
type Opener = func(*System, []patients.Patient, Now) (Access, error)

// PartAccess makes the access facts of a further system of the region: the region's id and certificates, and whatever
// fill adds.
func (s *System) PartAccess(fill func(*Access)) Access {
	a := Access{
		RegionID: s.access.RegionID, CACertPEM: s.access.CACertPEM,
		ClientCertPEM: s.access.ClientCertPEM, ClientKeyPEM: s.access.ClientKeyPEM,
		ForeignClient: s.access.ForeignClient, ExpiredClient: s.access.ExpiredClient,
	}
	fill(&a)
	return a
}

// OpenParts opens further systems by name and adds their access facts to the region's.
func (s *System) OpenParts(parts map[string]Opener, all []patients.Patient, now Now) error {
	for name, open := range parts {
		part, err := open(s, all, now)
		if err != nil {
			return err
		}
		s.Describe(func(a *Access) {
			if a.Parts == nil {
				a.Parts = map[string]Access{}
			}
			a.Parts[name] = part
		})
	}
	return nil
}
