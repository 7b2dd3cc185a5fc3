package rules

// Without gives the rules of a base whose ids none of the others has.
func (b *Base) Without(others ...*Base) *Base {
	out := &Base{byID: map[string]*Rule{}}
	for _, r := range b.Rules {
		taken := false
		for _, o := range others {
			taken = taken || o.byID[r.ID] != nil
		}
		if !taken {
			out.Rules = append(out.Rules, r)
			out.byID[r.ID] = r
		}
	}
	return out
}
