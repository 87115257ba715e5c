package io.tapsentinel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The cases in {@code samples/odd-elements.txt}: odd elements and answers with their expected results. */
public final class OddElements {

    private static final String AROUND =
            "{<Q>,'messagesDelivered':[],'messagesBlocked':[<A>,≪%s≫,<B>],'clicksPermitted':[<D>],'clicksBlocked':[]}";
    private static final String GOOD = "{<Q>,'messagesBlocked':[<A>,<B>,<C>],'clicksPermitted':[<D>]}";
    private static final Pattern REPEATED = Pattern.compile("\\{\\{(.+?)\\*(\\d+)}}");
    private static final Pattern CODED = Pattern.compile("%(?:u([0-9A-F]{4})|([0-9A-F]{2}))");

    private OddElements() {}

    /** Expected result of a case. */
    public enum Fate {
        LANDS,
        REJECTED,
        FAILS
    }

    /**
     * One line of the table.
     *
     * @param landing letters of the delivered events, x for the odd one
     * @param look    what to check
     * @param answer  in the notation of the file
     * @param as      encoding; empty for one byte per character
     */
    public record Case(String group, String name, Fate fate, String landing, String look, String answer, String as) {

        /** The answer with this id and end of the window. */
        public byte[] bytes(String id, String queryEnd) {
            return encoded(filled(answer, id, queryEnd).replaceAll("[▲≪≫]", ""), as);
        }

        /** Offset in the failure message; negative if not specified. */
        public int offset(String id, String queryEnd) {
            return filled(answer, id, queryEnd).replaceAll("[≪≫]", "").indexOf('▲');
        }

        /** Offset of the rejected element. */
        public int begin(String id, String queryEnd) {
            return filled(answer, id, queryEnd).indexOf('≪');
        }

        /** Bytes of the rejected element. */
        public byte[] element(String id, String queryEnd) {
            String filled = filled(answer, id, queryEnd);
            return encoded(filled.substring(filled.indexOf('≪') + 1, filled.indexOf('≫')), "");
        }

        @Override
        public String toString() {
            return group + ": " + name + ": " + fate;
        }
    }

    /** The same answer without the odd element. */
    public static byte[] good(String id, String queryEnd) {
        return encoded(filled(GOOD, id, queryEnd), "");
    }

    /** All cases. */
    public static List<Case> all() throws IOException {
        String text;
        try (InputStream in = OddElements.class.getResourceAsStream("/samples/odd-elements.txt")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Case> all = new ArrayList<>();
        String group = "";
        for (String line : text.split("\n")) {
            String[] cells = line.split(" \\| ");
            if (line.startsWith("## ")) {
                group = line.substring(3);
            } else if (cells.length > 4) {
                boolean whole = cells[4].contains("<") || cells[4].contains("▲");
                all.add(new Case(
                        group,
                        cells[0],
                        Fate.valueOf(cells[1]),
                        cells[2].replace("-", ""),
                        decoded(cells[3]),
                        whole ? cells[4] : AROUND.replace("%s", cells[4]),
                        cells.length > 5 ? cells[5] : ""));
            }
        }
        return all;
    }

    private static String filled(String answer, String id, String queryEnd) {
        String filled = answer;
        for (String letter : List.of("A", "B", "C")) {
            filled = filled.replace(
                    "<" + letter + ">",
                    "{'id':'@-" + letter + "','messageTime':'2026-11-20T11:30:00.000Z','subject':'[{\\'}],"
                            + StateFolder.MARKER + "','recipient':['r@example.org']}");
        }
        filled = filled.replace(
                        "<D>",
                        "{'id':'@-D','clickTime':'2026-11-20T11:30:00.000Z','url':'https://" + StateFolder.MARKER
                                + "'}")
                .replace("<Q>", "'queryEndTime':'" + queryEnd + "'")
                .replace("@'", id + "-x'")
                .replace("@-", id + "-")
                .replace('\'', '"')
                .replace('’', '\'');
        return decoded(filled);
    }

    private static String decoded(String text) {
        String whole = REPEATED.matcher(text)
                .replaceAll(repeated -> Matcher.quoteReplacement(IntStream.range(0, Integer.parseInt(repeated.group(2)))
                        .mapToObj(number -> repeated.group(1).replace("#", "" + number))
                        .collect(Collectors.joining())));
        return CODED.matcher(whole).replaceAll(code -> {
            String hex = code.group(1) == null ? code.group(2) : code.group(1);
            return Matcher.quoteReplacement("" + (char) Integer.parseInt(hex, 16));
        });
    }

    private static byte[] encoded(String text, String as) {
        boolean bigEndian = as.contains("BE");
        byte[] bytes = as.startsWith("UTF-16")
                ? utf16(text, bigEndian)
                : as.startsWith("UTF-32")
                        ? utf32(text, bigEndian)
                        : text.getBytes(as.isEmpty() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        int more = as.contains(" ") ? Integer.parseInt(as.substring(as.indexOf(' ') + 1)) : 0;
        return Arrays.copyOf(bytes, bytes.length + more);
    }

    /** Java's encoder would replace unpaired surrogates. */
    private static byte[] utf16(String text, boolean bigEndian) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * text.length());
        text.chars().forEach(unit -> bytes.putChar(bigEndian ? (char) unit : Character.reverseBytes((char) unit)));
        return bytes.array();
    }

    private static byte[] utf32(String text, boolean bigEndian) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * text.codePointCount(0, text.length()));
        text.codePoints().forEach(point -> bytes.putInt(bigEndian ? point : Integer.reverseBytes(point)));
        return bytes.array();
    }
}
