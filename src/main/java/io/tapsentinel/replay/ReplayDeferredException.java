package io.tapsentinel.replay;

import io.tapsentinel.event.HumanText;

/** Some events of a document were deferred because their table is suspended. It is replayed again later. */
class ReplayDeferredException extends ReplayRefusedException {

    private static final long serialVersionUID = 1L;

    ReplayDeferredException(long events) {
        super(HumanText.count(events, "event") + " deferred because the table is suspended; all others are delivered");
    }
}
