package redis

// InUse is how many connections are lent out.
func (s *Store) InUse() int {
	stats := s.client.PoolStats()
	return int(stats.TotalConns) - int(stats.IdleConns)
}
