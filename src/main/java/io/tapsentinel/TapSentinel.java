package io.tapsentinel;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.Program;
import io.tapsentinel.app.RoutesPart;
import io.tapsentinel.app.ServersPart;
import io.tapsentinel.app.Settings;
import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.LogFormat;
import io.tapsentinel.config.OwnSecrets;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.process.SteadyClock;
import io.tapsentinel.sandbox.Sandbox;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.LedgerEntry;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** Entry point: masks secrets on the output streams, then runs {@link Commands}. */
public final class TapSentinel {

    static {
        // must come first: logging keeps the streams that it finds
        System.setOut(OwnSecrets.masking(System.out, charset("sun.stdout.encoding")));
        System.setErr(OwnSecrets.masking(System.err, charset("sun.stderr.encoding")));
        OwnSecrets.knowAll(System.getenv());
    }

    private static final Logger LOG = LoggerFactory.getLogger(TapSentinel.class);

    private TapSentinel() {}

    /** Exits with 0 after a stop, with 1 and a one-line message after an error. */
    public static void main(String[] args) {
        if (List.of(args).contains("doctor")) {
            // the doctor explains problems better than the logs of its clients
            Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
        }
        System.exit(Commands.line(
                        () -> EffectiveProperties.load(Path.of(""), System.getenv()),
                        Clock.systemUTC(),
                        System.out,
                        System.err,
                        (failure, command, words) -> {
                            System.err.println(
                                    "tap-sentinel: " + reason(failure).strip().replaceAll("\\s+", " "));
                            return 1;
                        })
                .execute(args));
    }

    /** The terminal's charset, if a terminal is attached. */
    private static Charset charset(String property) {
        return Optional.ofNullable(System.getProperty(property))
                .map(Charset::forName)
                .orElse(Charset.defaultCharset());
    }

    /** @param local the default for: sandbox without an account, reload of routes, status page */
    static void run(Map<String, String> properties, boolean local) throws Exception {
        properties.putIfAbsent(RoutesPart.RELOAD, String.valueOf(local));
        properties.putIfAbsent(ServersPart.PAGE, String.valueOf(local));
        LogFormat format = LogFormat.of(properties);
        format.use();
        if (!Settings.wantsSandbox(properties, local ? "auto" : "off")) {
            LOG.info(start(properties, read -> {}));
            return;
        }
        String end;
        try (Sandbox sandbox = Sandbox.start(
                Sandbox.folder(properties), Clock.systemUTC(), format == LogFormat.JSON ? System.err : System.out)) {
            Map<String, String> own = new HashMap<>(properties);
            own.putAll(sandbox.properties());
            end = start(own, sandbox::committed);
        }
        // the last line, after the sandbox's last table
        LOG.info(end);
    }

    /** Uses a signal handler because a shutdown hook cannot change the exit code: a clean stop after SIGTERM would exit with 143. */
    private static String start(Map<String, String> properties, Consumer<LedgerEntry> committed) throws Exception {
        Program program = new Program(
                Settings.of(properties),
                properties,
                Clock.systemUTC(),
                new SteadyClock(),
                committed,
                FatalErrors.EXIT,
                new Parts());
        Thread.setDefaultUncaughtExceptionHandler(FatalErrors.EXIT::uncaught);
        program.main().addMainListener(new MainListenerSupport() {
            @Override
            public void afterStart(BaseMainSupport main) {
                // until now the default handler ends the process: there is nothing to drain
                for (String signal : new String[] {"INT", "TERM"}) {
                    Signal.handle(new Signal(signal), received -> program.stop());
                }
            }
        });
        return program.askAtOnce().run();
    }

    /** The program's own message among the causes, else the messages of the exception and its root cause. */
    private static String reason(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidSettingException || cause instanceof StoreException) {
                return cause.getMessage();
            }
        }
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        boolean said = root == e || String.valueOf(e.getMessage()).contains(String.valueOf(root.getMessage()));
        return e.getMessage() + (said ? "" : ": " + root.getMessage());
    }
}
