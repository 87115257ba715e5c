package io.tapsentinel.sandbox;

import java.time.Clock;

/** Settings of a {@link SandboxTap}: all have a default. */
public final class SandboxTapBuilder {

    /** Requests per rolling 24 hours that the service allows for each pool. */
    public static final int REQUESTS_PER_DAY = 1_800;

    final SandboxEvents events;
    Clock clock = Clock.systemUTC();
    String principal = "sandbox";
    String secret = "sandbox";
    int requestsPerDay = REQUESTS_PER_DAY;
    int clicksPermittedPerDay = REQUESTS_PER_DAY;
    double shareTextPlain = 0.25;
    long moodSeed = 1;
    int port;

    SandboxTapBuilder(SandboxEvents events) {
        this.events = events;
    }

    /** The service's time: decides what is visible, too old or still current, and when requests age out. Default: the system's. */
    public SandboxTapBuilder clock(Clock value) {
        clock = value;
        return this;
    }

    /** The only credentials that are let in. Default: {@code sandbox}, {@code sandbox}. */
    public SandboxTapBuilder credentials(String servicePrincipal, String itsSecret) {
        principal = servicePrincipal;
        secret = itsSecret;
        return this;
    }

    /** Allowance of all paths but {@code clicks/permitted} per rolling 24 hours. Default: {@value #REQUESTS_PER_DAY}. */
    public SandboxTapBuilder requestsPerDay(int value) {
        requestsPerDay = value;
        return this;
    }

    /** Allowance of {@code clicks/permitted} per rolling 24 hours. Default: {@value #REQUESTS_PER_DAY}. */
    public SandboxTapBuilder clicksPermittedPerDay(int value) {
        clicksPermittedPerDay = value;
        return this;
    }

    /** Share of JSON answers that call themselves {@code text/plain}, 0 to 1. Default: 0.25. */
    public SandboxTapBuilder shareTextPlain(double value) {
        shareTextPlain = value;
        return this;
    }

    /** Decides orders and forms of answers; with the same requests in the same order, the same answers. Default: 1. */
    public SandboxTapBuilder moodSeed(long value) {
        moodSeed = value;
        return this;
    }

    /** Default: 0, a free one. */
    public SandboxTapBuilder port(int value) {
        port = value;
        return this;
    }

    /** The stand-in, not started yet. */
    public SandboxTap build() {
        return new SandboxTap(this);
    }
}
