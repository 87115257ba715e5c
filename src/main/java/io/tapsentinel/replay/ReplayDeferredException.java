package io.tapsentinel.replay;

/** Some events of a document could not be sent, since their table is suspended; it is replayed again later. */
class ReplayDeferredException extends ReplayRefusedException {

    private static final long serialVersionUID = 1L;

    ReplayDeferredException(long events) {
        super(events + " of its events wait for a suspended table; the others are delivered");
    }
}
