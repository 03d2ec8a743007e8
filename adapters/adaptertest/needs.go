package adaptertest

func needAnother(s Subject) string {
	if s.Another.NHSNumber == "" {
		return "the subject names no second patient"
	}
	return ""
}

func needMismatched(s Subject) string {
	if len(s.Mismatched) == 0 {
		return "the subject's system answers no number with somebody else"
	}
	return ""
}

func needDocument(s Subject) string {
	if s.Document == nil {
		return "the subject names no document"
	}
	return ""
}

func needFaults(s Subject) string {
	if s.Fault == nil || len(s.Faults) == 0 {
		return "the subject's system has no faults"
	}
	return ""
}

func needHang(s Subject) string {
	if _, ok := s.expected(Hang); !ok || s.Fault == nil {
		return "the subject's system cannot hang"
	}
	return ""
}
