package io.tapsentinel.config;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All secrets that this process has read. Services, proxies and libraries may echo a secret in an error, so every text that leaves the
 * program is masked. Static, since a process has one log and one environment. Thread-safe.
 */
public final class OwnSecrets {

    /** Replaces a secret. */
    public static final String MASK = "******";

    /** In characters; masking shorter secrets would damage ordinary words. */
    private static final int SHORTEST = 8;
    /** In characters: the shortest truncated secret that is masked. */
    private static final int LEAST_CUT = 5;

    /** Variables that the Azure SDK reads directly. */
    private static final List<String> VARIABLES = List.of(
            "AZURE_CLIENT_SECRET",
            "AZURE_CLIENT_CERTIFICATE_PASSWORD",
            "AZURE_PASSWORD",
            "IDENTITY_HEADER",
            "MSI_SECRET");

    /** Includes invisible and bidirectional formatting characters; excludes tab and newline. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}&&[^\\t\\n]]");

    private static final Map<Character, String> ENTITIES =
            Map.of('&', "amp", '<', "lt", '>', "gt", '"', "quot", '\'', "apos");

    private static final Set<String> KNOWN = new HashSet<>();
    /** All secrets in all encodings, longest first, since one may contain another; null before the first. */
    private static volatile Pattern spellings;

    private OwnSecrets() {}

    /**
     * Registers a secret and returns it. It is masked from now on, also when encoded for a URL, JSON, HTML or Base64. Secrets of fewer
     * than 8 characters are not masked.
     */
    public static String know(String secret) {
        if (secret.length() >= SHORTEST) {
            add(secret);
        }
        return secret;
    }

    /** Registers the secrets that the environment holds for the Azure SDK. */
    public static void knowAll(Map<String, String> environment) {
        VARIABLES.forEach(name -> know(environment.getOrDefault(name, "")));
    }

    private static synchronized void add(String secret) {
        if (KNOWN.add(secret)) {
            spellings = Pattern.compile(KNOWN.stream()
                    .sorted(Comparator.comparing(String::length).reversed())
                    .flatMap(known -> Stream.concat(Stream.of(written(known)), base64(known)))
                    .collect(Collectors.joining("|")));
        }
    }

    /** A pattern for the secret; each character may be plain, or encoded for JSON, HTML or a URL. */
    private static String written(String secret) {
        StringBuilder pattern = new StringBuilder();
        for (char one : secret.toCharArray()) {
            String hex = Integer.toHexString(one);
            pattern.append("(?:\\\\?")
                    .append(Pattern.quote(String.valueOf(one)))
                    .append("|\\\\u(?i:")
                    .append("0".repeat(4 - hex.length()))
                    .append(hex)
                    .append(")|&#0*")
                    .append((int) one)
                    .append(";|&#[xX]0*(?i:")
                    .append(hex)
                    .append(");|(?i:")
                    .append(URLEncoder.encode(String.valueOf(one), StandardCharsets.UTF_8)
                            .replace("+", "\\+|%20")
                            .replaceAll("^[\\w.*-]$", "%" + hex))
                    .append(')')
                    .append(ENTITIES.containsKey(one) ? "|&" + ENTITIES.get(one) + ";" : "")
                    .append(')');
        }
        return pattern.toString();
    }

    /**
     * Patterns for the secret inside Base64: one for each of the three offsets, in the standard and the URL alphabet. The characters that
     * depend on neighbouring bytes are left out.
     */
    private static Stream<String> base64(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return IntStream.range(0, 3).boxed().flatMap(before -> {
            byte[] shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            int from = before == 0 ? 0 : before + 1;
            return Stream.of(Base64.getEncoder(), Base64.getUrlEncoder())
                    .map(encoder -> encoder.withoutPadding().encodeToString(shifted))
                    .map(text -> text.substring(from, text.length() - (shifted.length % 3 == 0 ? 0 : 1)))
                    .filter(text -> text.length() >= SHORTEST)
                    .map(text -> Pattern.quote(text) + "[\\w+/-]?");
        });
    }

    /** Replaces each secret in the text. */
    public static String mask(String text) {
        Pattern known = spellings;
        // UTF-16 text that was decoded as an 8-bit encoding
        String plain = text.replace("\0", "");
        return known == null ? plain : known.matcher(plain).replaceAll(MASK);
    }

    /** The same for a truncated text, which may end in the middle of a secret. */
    public static String maskCut(String text) {
        String masked = mask(text);
        for (String secret : known()) {
            for (int length = secret.length() - 1; length >= LEAST_CUT; length--) {
                if (masked.endsWith(secret.substring(0, length))) {
                    masked = masked.substring(0, masked.length() - length) + MASK;
                    break;
                }
            }
        }
        return masked;
    }

    private static synchronized List<String> known() {
        return List.copyOf(KNOWN);
    }

    /** Wraps a stream: writes whole lines, with secrets masked and control characters replaced by spaces. */
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
            // independent of the terminal: logs are UTF-8, and ISO 8859-1 keeps all other bytes unchanged
            Charset charset = isUtf8(line.toByteArray()) ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
            String text = CONTROL.matcher(mask(line.toString(charset))).replaceAll(" ");
            line.reset();
            byte[] bytes = text.getBytes(charset);
            out.write(bytes, 0, bytes.length);
            out.flush();
        }

        private static boolean isUtf8(byte[] bytes) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                return true;
            } catch (CharacterCodingException e) {
                return false;
            }
        }
    }
}
