package guaclab;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Shared state and small functions of the stand-in application. */
final class Util {

    /** Guacamole status codes that the stand-in answers with. */
    static final int CLIENT_BAD_REQUEST = 0x0300;   // HTTP 400, WebSocket 1002
    static final int CLIENT_UNAUTHORIZED = 0x0301;  // HTTP 403, WebSocket 1008
    static final int RESOURCE_NOT_FOUND = 0x0204;   // HTTP 404, WebSocket 1002

    /** Authentication tokens handed out by POST api/tokens. */
    static final Set<String> TOKENS = ConcurrentHashMap.newKeySet();

    /** Byte counters of running transfers, by an id that the client chose. */
    static final Map<String, AtomicLong> COUNTERS = new ConcurrentHashMap<>();

    private Util() { }

    static AtomicLong counter(String id) {
        return COUNTERS.computeIfAbsent(id, k -> new AtomicLong());
    }

    /** Everything about a request that a reverse proxy can change. */
    static Map<String, Object> seen(HttpServletRequest req) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("method", req.getMethod());
        m.put("remoteAddr", req.getRemoteAddr());
        m.put("remoteHost", req.getRemoteHost());
        m.put("scheme", req.getScheme());
        m.put("secure", req.isSecure());
        m.put("serverName", req.getServerName());
        m.put("serverPort", req.getServerPort());
        m.put("protocol", req.getProtocol());
        m.put("requestURL", req.getRequestURL().toString());
        m.put("requestURI", req.getRequestURI());
        m.put("contextPath", req.getContextPath());
        m.put("pathInfo", req.getPathInfo());
        m.put("queryString", req.getQueryString());
        Map<String, Object> headers = new LinkedHashMap<>();
        for (String n : Collections.list(req.getHeaderNames()))
            headers.put(n.toLowerCase(), Collections.list(req.getHeaders(n)));
        m.put("headers", headers);
        return m;
    }

    static void send(HttpServletResponse resp, int status, Object json) throws IOException {
        byte[] body = json(json).getBytes(StandardCharsets.UTF_8);
        resp.setStatus(status);
        resp.setContentType("application/json;charset=UTF-8");
        resp.setContentLength(body.length);
        resp.getOutputStream().write(body);
    }

    static void sendError(HttpServletResponse resp, int http, int guac, String message)
            throws IOException {
        resp.setHeader("Guacamole-Status-Code", Integer.toString(guac));
        resp.setHeader("Guacamole-Error-Message", message);
        resp.sendError(http);
    }

    /** Encodes one instruction of the Guacamole protocol: LENGTH.VALUE,...; */
    static String instruction(String... elements) {
        StringBuilder sb = new StringBuilder();
        for (String e : elements) {
            if (sb.length() > 0)
                sb.append(',');
            sb.append(e.codePointCount(0, e.length())).append('.').append(e);
        }
        return sb.append(';').toString();
    }

    static String json(Object o) {
        if (o == null)
            return "null";
        if (o instanceof Number || o instanceof Boolean)
            return o.toString();
        StringBuilder sb = new StringBuilder();
        if (o instanceof Map) {
            sb.append('{');
            for (Map.Entry<?, ?> e : ((Map<?, ?>) o).entrySet()) {
                if (sb.length() > 1)
                    sb.append(',');
                sb.append(json(e.getKey().toString())).append(':').append(json(e.getValue()));
            }
            return sb.append('}').toString();
        }
        if (o instanceof List) {
            sb.append('[');
            for (Object e : (List<?>) o) {
                if (sb.length() > 1)
                    sb.append(',');
                sb.append(json(e));
            }
            return sb.append(']').toString();
        }
        sb.append('"');
        for (char c : o.toString().toCharArray()) {
            if (c == '"' || c == '\\')
                sb.append('\\').append(c);
            else if (c < 0x20 || c > 0x7e)
                sb.append(String.format("\\u%04x", (int) c));
            else
                sb.append(c);
        }
        return sb.append('"').toString();
    }
}
