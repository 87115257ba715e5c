package io.tapsentinel.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Runs cases in parallel, each as its own test, since starting and waiting programs leave the machine idle. */
public final class ConcurrentCases {

    private ConcurrentCases() {}

    /** Runs one case. */
    @FunctionalInterface
    public interface Body<C> {
        void run(C one) throws Exception;
    }

    /** @param longest timeout of a case, including the wait for its turn */
    public static <C> Stream<DynamicTest> run(
            int atOnce, Duration longest, List<C> cases, Function<C, String> name, Body<C> body) {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        List<DynamicTest> tests = cases.stream()
                .map(one -> {
                    Future<Void> end = threads.submit(() -> {
                        body.run(one);
                        return null;
                    });
                    return DynamicTest.dynamicTest(
                            name.apply(one), () -> end.get(longest.toMillis(), TimeUnit.MILLISECONDS));
                })
                .toList();
        return tests.stream().onClose(threads::shutdownNow);
    }
}
