import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON document on stdin and compares values: {@code path=value}, a path with dots, list elements by number.
 * Needs nothing but a JDK, so that a script can use it anywhere.
 */
public final class JsonProbe {
  private final String text;
  private int at;

  private JsonProbe(String text) {
    this.text = text;
  }

  public static void main(String[] expectations) throws Exception {
    JsonProbe probe = new JsonProbe(new String(System.in.readAllBytes(), "UTF-8"));
    Object document = probe.value();
    probe.space();
    boolean fine = true;
    if (probe.at != probe.text.length()) {
      System.err.println("something follows the document");
      fine = false;
    }
    for (String expectation : expectations) {
      String[] parts = expectation.split("=", 2);
      Object found = document;
      for (String step : parts[0].split("\\.")) {
        found =
            switch (found) {
              case Map<?, ?> map -> map.get(step);
              case List<?> list -> list.get(Integer.parseInt(step));
              case null, default -> null;
            };
      }
      if (!parts[1].equals(String.valueOf(found))) {
        System.err.println(parts[0] + " is " + found + ", expected " + parts[1]);
        fine = false;
      }
    }
    System.exit(fine ? 0 : 1);
  }

  private Object value() {
    space();
    char first = text.charAt(at);
    return switch (first) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      default -> word();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> map = new LinkedHashMap<>();
    at++;
    while (!ends('}')) {
      space();
      String key = string();
      expect(':');
      map.put(key, value());
      comma('}');
    }
    return map;
  }

  private List<Object> list() {
    List<Object> list = new ArrayList<>();
    at++;
    while (!ends(']')) {
      list.add(value());
      comma(']');
    }
    return list;
  }

  private String string() {
    expect('"');
    StringBuilder string = new StringBuilder();
    for (; text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
      }
      string.append(text.charAt(at));
    }
    at++;
    return string.toString();
  }

  private String word() {
    int begin = at;
    while (at < text.length() && ",}] \n\t".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (!text.substring(begin, at).matches("true|false|null|-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?")) {
      throw new IllegalArgumentException("no JSON at " + begin);
    }
    return text.substring(begin, at);
  }

  private boolean ends(char close) {
    space();
    if (text.charAt(at) == close) {
      at++;
      return true;
    }
    return false;
  }

  private void comma(char close) {
    space();
    if (text.charAt(at) == ',') {
      at++;
    } else if (text.charAt(at) != close) {
      throw new IllegalArgumentException("no comma at " + at);
    }
  }

  private void expect(char wanted) {
    space();
    if (text.charAt(at++) != wanted) {
      throw new IllegalArgumentException("no " + wanted + " at " + (at - 1));
    }
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
