import { describe, expect, it } from 'vitest';
import { listenAddress, parseOllamaAddress } from '../../../../electron/daemon/ollama/api/address.ts';

describe('the address of Ollama', () => {
  // The cases of Ollama's own table for OLLAMA_HOST, as a client connects to them.
  it.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['   ', 'http://127.0.0.1:11434'],
    ['1.2.3.4', 'http://1.2.3.4:11434'],
    [':1234', 'http://127.0.0.1:1234'],
    ['1.2.3.4:1234', 'http://1.2.3.4:1234'],
    ['example.com', 'http://example.com:11434'],
    ['example.com:1234', 'http://example.com:1234'],
    [':0', 'http://127.0.0.1:11434'],
    [':66000', 'http://127.0.0.1:11434'],
    [':-1', 'http://127.0.0.1:11434'],
    ['1.2.3.4:port', 'http://1.2.3.4:11434'],
    ['[::1]', 'http://[::1]:11434'],
    ['[::1]:1337', 'http://[::1]:1337'],
    ['::1', 'http://[::1]:11434'],
    ['[2001:db8::1]:1337', 'http://[2001:db8::1]:1337'],
    [' 1.2.3.4 ', 'http://1.2.3.4:11434'],
    ['"1.2.3.4"', 'http://1.2.3.4:11434'],
    ['" 1.2.3.4 "', 'http://1.2.3.4:11434'],
    ["'1.2.3.4'", 'http://1.2.3.4:11434'],
    ['http://1.2.3.4', 'http://1.2.3.4:80'],
    ['http://1.2.3.4:4321', 'http://1.2.3.4:4321'],
    ['https://1.2.3.4', 'https://1.2.3.4:443'],
    ['https://1.2.3.4:4321', 'https://1.2.3.4:4321'],
    ['https://example.com', 'https://example.com:443'],
    ['https://example.com:1234/', 'https://example.com:1234'],
    ['http://example.com/ollama/', 'http://example.com:80/ollama'],
    ['https://example.com/ollama', 'https://example.com:443/ollama'],
    ['::1:1337', 'http://[::1:1337]:11434'],
    ['1.2.3.4:', 'http://1.2.3.4:11434'],
    ['http://[::1]:1337/', 'http://[::1]:1337'],
    [' http://localhost:11434 ', 'http://localhost:11434'],
    ['example.com/ollama', 'http://example.com:11434/ollama'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
    ['http://0.0.0.0:11434/', 'http://127.0.0.1:11434'],
    ['[::]', 'http://[::1]:11434'],
    ['[::]:8080', 'http://[::1]:8080'],
    ['127.0.0.1:11434', 'http://127.0.0.1:11434'],
    ['localhost:11434', 'http://localhost:11434'],
    ['HTTP://LOCALHOST', null],
  ])('%j means %j', (given, url) => {
    if (url === null) expect(() => parseOllamaAddress(given)).toThrow(/setting-invalid/);
    else expect(parseOllamaAddress(given).url).toBe(url);
  });

  it.each([
    ['', false],
    ['0.0.0.0', false],
    ['127.1.2.3:99', false],
    ['localhost', false],
    ['[::1]:5', false],
    ['192.168.1.5', true],
    ['[fe80::1]', true],
    ['gpu-box.local', true],
    ['localhost.example.com', true],
    ['127.0.0.1.example.com', true],
  ])('%j is another machine: %s', (given, remote) => {
    expect(parseOllamaAddress(given).remote).toBe(remote);
  });

  it.each([
    'https://ollama.com',
    'ollama.com',
    'https://OLLAMA.com/api',
    'https://api.ollama.com:443',
    'ollama.com.:443',
    'http://a.b.ollama.com.',
  ])('%s is a third party and refused', (given) => {
    expect(() => parseOllamaAddress(given)).toThrow(/third-party/);
  });

  it.each(['notollama.com', 'ollama.com.example.org'])('%s is only named like it', (given) => {
    expect(parseOllamaAddress(given).remote).toBe(true);
  });

  it.each([
    'ftp://1.2.3.4',
    'file:///etc/passwd',
    'unix:///run/ollama.sock',
    'http://a b',
    'http://[::1',
    'a?b=1',
    'a#b',
  ])('%s is refused', (given) => {
    expect(() => parseOllamaAddress(given, 'ollamaUrl')).toThrow(/setting-invalid.*"name":"ollamaUrl"/);
  });

  it('credentials are refused, and do not stand in the error', () => {
    expect(() => parseOllamaAddress('https://me:s3cret@example.com')).toThrow(/holds-password/);
    try {
      parseOllamaAddress('https://me:s3cret@example.com');
    } catch (error) {
      expect(String(error)).not.toContain('s3cret');
    }
  });

  it.each([
    [undefined, '127.0.0.1:11434'],
    ['localhost:4321', 'localhost:4321'],
    ['[::1]:4321', '[::1]:4321'],
    ['0.0.0.0:4321', '127.0.0.1:4321'],
    ['http://127.0.0.1', '127.0.0.1:80'],
    ['192.168.1.5', null],
    ['https://localhost:4321', null],
    ['http://localhost:4321/ollama', null],
  ])('a server for %j is told to listen at %j', (given, expected) => {
    expect(listenAddress(parseOllamaAddress(given))).toBe(expected);
  });

  it('no server is started at an address that is not the loopback, though it is this machine', () => {
    expect(listenAddress({ url: 'http://172.30.96.1:11434', remote: false })).toBeNull();
  });
});
