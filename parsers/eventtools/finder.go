package eventtools

import (
	"sync"

	"kbdiag/parsers"
)

// tools lists the forms. Where two want the same row, the first has it.
func tools() []*tool {
	return []*tool{
		&psLogList, &psLogListRows, &eventQueryList, &ruledTable, &nirSoft, &nirSoftXML,
		&msInfo, &msInfoXML, &dcDiag, &frst, &otl, &dds, &rsit, &evtExport, &traceReport,
	}
}

// Finder finds the records of all tools in free text.
func Finder() parsers.Finder {
	byFirst := dispatch(tools())
	pool := sync.Pool{New: func() any { return &scan{byFirst: byFirst} }}
	return parsers.Finder{Name: "event tools", Find: func(w *parsers.Window, out *parsers.Out) {
		s := pool.Get().(*scan)
		s.find(w, out)
		pool.Put(s)
	}}
}

// find finds the records of one window.
func (s *scan) find(w *parsers.Window, out *parsers.Out) {
	s.page = page{lines: w.Lines, win: w, loose: true}
	s.opts = w.Opts
	s.ctx, s.table = context{}, table{}
	s.run()
	if len(s.recs) > 0 {
		s.settle()
		for k := range s.recs {
			r := &s.recs[k]
			w.Take(r.from, r.to)
			s.finish(r, out)
		}
		s.report(out)
		s.reset()
	}
	s.page, s.orders, s.ctx, s.block = page{}, nil, context{}, textBlock{}
}
