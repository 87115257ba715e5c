package io.tapsentinel.testing;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A test of programs between simulated services; what they log is heard. */
public abstract class SimulatedRun {

    @AutoClose
    protected final SimulatedServices services;

    @RegisterExtension
    protected final LogLines log = new LogLines();

    protected SimulatedRun() {
        this(new SimulatedServices());
    }

    protected SimulatedRun(SimulatedServices services) {
        this.services = services;
    }
}
