package io.tapsentinel.net;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The secrets that this process has read. A service, a proxy or a library may repeat one in its words, so they are masked wherever text
 * leaves the program. A process has one log and one environment, hence one set of them. Thread-safe.
 */
public final class OwnSecrets {

    /** Stands for a secret. */
    public static final String MASK = "******";

    /** Characters; to mask shorter ones would take letters out of words. */
    private static final int SHORTEST = 8;

    /** Variables that Azure's libraries read by themselves. */
    private static final List<String> VARIABLES = List.of(
            "AZURE_CLIENT_SECRET",
            "AZURE_CLIENT_CERTIFICATE_PASSWORD",
            "AZURE_PASSWORD",
            "IDENTITY_HEADER",
            "MSI_SECRET");

    /** In UTF-8, a byte a character; a tab and the end of a line are none. */
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0B-\\x1F\\x7F]|\\u00C2[\\x80-\\x9F]");

    private static final Set<String> KNOWN = new HashSet<>();
    /** How they may stand in a text, longest first, since one may be part of another. */
    private static volatile List<String> spellings = List.of();

    private OwnSecrets() {}

    /** From now on this value is masked, as it is and as a URL, JSON or Base64 has it, unless it has fewer than 8 characters. Returns it. */
    public static String know(String secret) {
        if (secret.length() >= SHORTEST) {
            add(secret);
        }
        return secret;
    }

    /** Those that the environment holds for others. */
    public static void knowAll(Map<String, String> environment) {
        VARIABLES.forEach(name -> know(environment.getOrDefault(name, "")));
    }

    private static synchronized void add(String secret) {
        if (KNOWN.add(secret)) {
            spellings = Stream.concat(
                            spellings.stream(),
                            Stream.of(
                                    secret,
                                    URLEncoder.encode(secret, StandardCharsets.UTF_8),
                                    new String(JsonStringEncoder.getInstance().quoteAsString(secret)),
                                    Base64.getEncoder()
                                            .withoutPadding()
                                            .encodeToString(secret.getBytes(StandardCharsets.UTF_8))))
                    .distinct()
                    .sorted(Comparator.comparing(String::length).reversed())
                    .toList();
        }
    }

    /** The text with a mask in the place of each secret. */
    public static String mask(String text) {
        String masked = text;
        for (String secret : spellings) {
            masked = masked.replace(secret, MASK);
        }
        return masked;
    }

    /** Writes to this stream, line by line, without secrets and with a space for each control character. */
    public static PrintStream masking(PrintStream out, Charset charset) {
        return new PrintStream(new Lines(out), false, charset);
    }

    private static final class Lines extends OutputStream {

        private final PrintStream out;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        private Lines(PrintStream out) {
            this.out = out;
        }

        @Override
        public synchronized void write(int one) {
            line.write(one);
            if (one == '\n') {
                flush();
            }
        }

        @Override
        public synchronized void flush() {
            // a byte a character, so that nothing else of it changes
            String text =
                    CONTROL.matcher(line.toString(StandardCharsets.ISO_8859_1)).replaceAll(" ");
            line.reset();
            for (String secret : spellings) {
                text = text.replace(
                        new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1), MASK);
            }
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            out.write(bytes, 0, bytes.length);
            out.flush();
        }
    }
}
