package gateway

import "log/slog"

// adaptersChanged says whether a reload would find other adapters in processes of their
// own than there are now, or another reason why one cannot be used. What is new of them
// is logged.
func (s *Server) adaptersChanged() bool {
	now := s.now.Load()
	found, err := callOutside(now.config)
	if err != nil {
		return false // the files are being replaced
	}
	changed := false
	for id, out := range found {
		s.sayAdapter(id, out.reason)
		changed = changed || out.differs(now, id)
		out.letGo()
	}
	return changed
}

// differs says whether a reload would make something else of an adapter than stands.
func (o *outside) differs(now *standing, id string) bool {
	before := now.region(id)
	switch {
	case o.client != nil:
		return before == nil || before.origin.told != o.about
	case before != nil:
		return o.wrong
	}
	return o.reason != now.whyOff(id)
}

// whyOff is why the adapter of a region cannot be used. Empty when it can.
func (s *standing) whyOff(id string) string {
	if s.region(id) != nil {
		return ""
	}
	region, _ := s.directory.Region(id)
	return region.GetDisabledReason()
}

// sayAdapter logs what changed of whether an adapter can be used; the first time, that it
// could not be when the gateway began. The words name no address.
func (s *Server) sayAdapter(id, reason string) {
	if s.watch.adapters == nil {
		s.watch.adapters = map[string]string{}
	}
	said, known := s.watch.adapters[id]
	if !known {
		said = s.now.Load().whyOff(id)
		s.warnOfAdapter(id, said)
	}
	if said != reason {
		s.warnOfAdapter(id, reason)
		if reason == "" {
			s.opts.Logger.Warn("the adapter of a region can be used again", slog.String("region", id))
		}
	}
	s.watch.adapters[id] = reason
}

func (s *Server) warnOfAdapter(id, reason string) {
	if reason != "" {
		s.opts.Logger.Warn("the adapter of a region cannot be used: the gateway looks again at each look for changes",
			slog.String("region", id), slog.String("cause", reason))
	}
}
