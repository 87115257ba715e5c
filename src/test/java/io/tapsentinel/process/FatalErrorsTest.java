package io.tapsentinel.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.LogLines;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FatalErrorsTest {

    @RegisterExtension
    final LogLines log = new LogLines();

    private final List<Error> fatal = new CopyOnWriteArrayList<>();
    private final Error error = new OutOfMemoryError("a test's");

    @Test
    void errorThatKillsAThreadEndsTheProcess() throws Exception {
        end(error);
        end(new IllegalStateException(error));
        StackOverflowError overflow = new StackOverflowError();
        end(overflow);

        assertThat(fatal).containsExactly(error, error, overflow);
    }

    @Test
    void exceptionThatKillsAThreadIsLogged() throws Exception {
        end(new IllegalStateException("a test's"));

        assertThat(fatal).isEmpty();
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("ERROR thread a-librarys died: java.lang.IllegalStateException in ")
                .doesNotContain("a test's");
    }

    private void end(Throwable failure) throws InterruptedException {
        Thread thread = new Thread(
                () -> {
                    if (failure instanceof Error thrown) {
                        throw thrown;
                    }
                    throw (RuntimeException) failure;
                },
                "a-librarys");
        FatalErrors handler = fatal::add;
        thread.setUncaughtExceptionHandler(handler::uncaught);
        thread.start();
        thread.join();
    }
}
